"""Writes events.tfevents with TensorBoard's own messages and record writer (pip install tensorboard; made with 2.21)."""

from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2, tensor_shape_pb2, types_pb2
from tensorboard.summary.writer.record_writer import RecordWriter

Value = summary_pb2.Summary.Value


def summary(wall_time, step, value):
    return event_pb2.Event(wall_time=wall_time, step=step, summary=summary_pb2.Summary(value=[value]))


with open("events.tfevents", "wb") as file:
    writer = RecordWriter(file)
    events = [
        event_pb2.Event(wall_time=1700000000.25, file_version="brain.Event:2"),
        summary(
            1700000000.25,
            0,
            Value(
                tag="options",
                metadata=summary_pb2.SummaryMetadata(
                    plugin_data=summary_pb2.SummaryMetadata.PluginData(plugin_name="text")
                ),
                tensor=tensor_pb2.TensorProto(
                    dtype=types_pb2.DT_STRING,
                    tensor_shape=tensor_shape_pb2.TensorShapeProto(
                        dim=[tensor_shape_pb2.TensorShapeProto.Dim(size=1)]
                    ),
                    string_val=["| epochs | 12 |\n".encode()],
                ),
            ),
        ),
        summary(1700000001.5, 1, Value(tag="training/loss", simple_value=1.75)),
        summary(1700000301.5, 300, Value(tag="validation/macro F1", simple_value=0.0)),
    ]
    for event in events:
        writer.write(event.SerializeToString())
    writer.flush()
