"""Exports networks of PyTorch with both of its exporters, for ExportsCheck:

    python benchmarks/exports.py FOLDER [--only NAME,NAME] [--opsets 17,18,20,23] [--exporters dynamo,script]

torchvision's classification, segmentation and detection networks with random weights, LSTM, GRU and RNN classifiers, a
network with a scripted `if`. Written to FOLDER, for each network: NAME.npz with an input x, the outputs that PyTorch
computes for it, and the gradient of the sum of one of them (`which`) times `weight` by x; and for each exporter and opset
NAME-EXPORTER-OPSET.onnx, or a line in failures.txt where the exporter itself cannot. Opsets 18 and 23 have an open batch
where the network allows one.

Needs torch, torchvision, onnx, onnxscript. Nothing of what it writes is kept in the repository (about 8 GB).
"""
import argparse
import copy
import gc
import inspect
import itertools
import pathlib
import sys
import traceback
import warnings

import numpy as np
import torch
from torch import nn

warnings.filterwarnings("ignore")


# Functions of the module: the TorchScript exporter compiles them from their source.
def has_ops():
    return True


def assert_has_ops():
    pass


def operators_of_torchvision():
    """Plain PyTorch for torchvision's compiled operators, where its library is built for another device than torch."""
    library = torch.library.Library("torchvision", "DEF")
    library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.define(
        "roi_align(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width,"
        " int sampling_ratio, bool aligned) -> Tensor"
    )
    library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

    def nms(boxes, scores, threshold):
        order = scores.argsort(descending=True, stable=True)
        boxes = boxes[order]
        area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
        alive = torch.ones(len(boxes), dtype=torch.bool)
        kept = []
        for i in range(len(boxes)):
            if not alive[i]:
                continue
            kept.append(order[i])
            low, high = torch.maximum(boxes[i, :2], boxes[:, :2]), torch.minimum(boxes[i, 2:], boxes[:, 2:])
            both = (high - low).clamp(min=0).prod(1)
            alive &= ~(both / (area[i] + area - both) > threshold)  # Boxes without area stay.
            alive[i] = False
        return torch.stack(kept) if kept else torch.zeros(0, dtype=torch.int64)

    library.impl("nms", nms, "CPU")
    import torchvision.ops
    from torchvision import _meta_registrations, extension

    extension._has_ops = has_ops
    extension._assert_has_ops = assert_has_ops

    names = inspect.unwrap(torchvision.ops.roi_align).__globals__
    names["_has_ops"] = has_ops
    plain = inspect.unwrap(names["_roi_align"])  # Not compiled, which the exporters refuse.

    def roi_align(features, rois, scale, height, width, ratio, aligned):
        return plain(features, rois, scale, int(height), int(width), ratio, aligned)

    library.impl("roi_align", roi_align, "CPU")
    library.impl("roi_align", roi_align, "AutogradCPU")
    library.impl("roi_align", _meta_registrations.meta_roi_align, "Meta")
    return library


if torch.cuda.is_available() or not any(True for p in sys.path for _ in pathlib.Path(p, "torchvision.libs").glob("libcudart*")):
    import torchvision
else:
    KEPT = operators_of_torchvision()
from torchvision.models import VisionTransformer, detection, get_model, segmentation


class Recurrent(nn.Module):
    def __init__(self, kind, bidirectional, layers):
        super().__init__()
        self.embed = nn.Linear(6, 8)
        self.cells = kind(8, 10, num_layers=layers, batch_first=True, bidirectional=bidirectional)
        self.head = nn.Linear(20 if bidirectional else 10, 4)

    def forward(self, x):
        return self.head(self.cells(torch.tanh(self.embed(x)))[0][:, -1])


class Branch(nn.Module):
    """A scripted condition: both branches use values and parameters of the network around them."""

    def __init__(self):
        super().__init__()
        self.a, self.b, self.head = nn.Linear(12, 16), nn.Linear(12, 16), nn.Linear(16, 3)

    def forward(self, x):
        if bool(x.sum() > 0):
            h = torch.relu(self.a(x)) + x.mean()
        else:
            h = torch.tanh(self.b(x)) * x.abs().sum()
        return self.head(h)


class Cond(Branch):
    def forward(self, x):
        h = torch.cond(
            x.sum() > 0,
            lambda v: torch.relu(self.a(v)) + v.mean(),
            lambda v: torch.tanh(self.b(v)) * v.abs().sum(),
            (x,),
        )
        return self.head(h)


class Output(nn.Module):
    """One tensor or a tuple, for networks whose forward gives a dictionary."""

    def __init__(self, model, keys):
        super().__init__()
        self.model, self.keys = model, keys

    def forward(self, x):
        out = self.model(x)
        return tuple(out[k] for k in self.keys) if len(self.keys) > 1 else out[self.keys[0]]


class Boxes(nn.Module):
    def __init__(self, model, keys=("boxes", "scores", "labels")):
        super().__init__()
        self.model, self.keys = model, keys

    def forward(self, x):
        out = self.model([x])[0]
        return tuple(out[k] for k in self.keys)


SLIM = {"alexnet": 9216, "vgg11": 512}


def slim(model, features):
    """AlexNet and VGG with a narrower classifier, whose rest is as it was: 500 MB of weights would say nothing more."""
    if features == 512:
        model.avgpool = nn.AdaptiveAvgPool2d(1)  # To 7 x 7, TorchScript needs 224 x 224 pixels.
    last = [m for m in model.classifier if isinstance(m, nn.Linear)][-1]
    new = iter([nn.Linear(features, 128), nn.Linear(128, 128), nn.Linear(128, last.out_features)])
    model.classifier = nn.Sequential(*[next(new) if isinstance(m, nn.Linear) else m for m in model.classifier])
    return model


def classifier(name, size, **kw):
    def make():
        model = get_model(name, weights=None, num_classes=10, **kw)
        return slim(model, SLIM[name]) if name in SLIM else model
    return make, (2, 3, size, size), True, 0


def vision_transformer():
    """ViT with fewer and narrower layers, whose head would begin with zeros."""
    model = VisionTransformer(64, 16, num_layers=3, num_heads=3, hidden_dim=96, mlp_dim=192, num_classes=10)
    nn.init.normal_(model.heads.head.weight, std=0.1)
    return model


def segmenter(name, size=64):
    def make():
        return Output(segmentation.__dict__[name](weights=None, weights_backbone=None, num_classes=4), ["out"])
    return make, (2, 3, size, size), True, 0


def detector(name, size, keys=("boxes", "scores", "labels"), **kw):
    def make():
        # Few boxes before and after suppression, so that equal scores do not decide.
        return Boxes(detection.__dict__[name](weights=None, weights_backbone=None, num_classes=3, **kw), keys)
    return make, (3, size, size), False, 1


SMALL = dict(min_size=96, max_size=128)
RPN = dict(rpn_pre_nms_top_n_test=40, rpn_post_nms_top_n_test=20, box_detections_per_img=10)
CASES = {
    "alexnet": classifier("alexnet", 224),
    "vgg11": classifier("vgg11", 64),
    "resnet18": classifier("resnet18", 64),
    "resnet50": classifier("resnet50", 64),
    "resnext50": classifier("resnext50_32x4d", 64),
    "wide_resnet50": classifier("wide_resnet50_2", 32),
    "squeezenet": classifier("squeezenet1_1", 64),
    "densenet121": classifier("densenet121", 64),
    "googlenet": classifier("googlenet", 64, aux_logits=False, init_weights=True),
    "inception_v3": classifier("inception_v3", 96, aux_logits=False, init_weights=True),
    "shufflenet": classifier("shufflenet_v2_x1_0", 64),
    "mobilenet_v2": classifier("mobilenet_v2", 64),
    "mobilenet_v3_small": classifier("mobilenet_v3_small", 64),
    "mobilenet_v3_large": classifier("mobilenet_v3_large", 64),
    "mnasnet": classifier("mnasnet0_5", 64),
    "efficientnet_b0": classifier("efficientnet_b0", 64),
    "efficientnet_v2_s": classifier("efficientnet_v2_s", 64),
    "regnet_x": classifier("regnet_x_400mf", 64),
    "regnet_y": classifier("regnet_y_400mf", 64),
    "convnext_tiny": classifier("convnext_tiny", 64),
    "swin_t": classifier("swin_t", 64),
    "swin_v2_t": classifier("swin_v2_t", 64),
    "vit": (lambda: vision_transformer(), (2, 3, 64, 64), True, 0),
    "maxvit_t": classifier("maxvit_t", 224),
    "fcn": segmenter("fcn_resnet50", 32),
    "deeplabv3": segmenter("deeplabv3_mobilenet_v3_large"),
    "lraspp": segmenter("lraspp_mobilenet_v3_large"),
    "fasterrcnn": detector("fasterrcnn_mobilenet_v3_large_320_fpn", 96, **SMALL, **RPN),
    "retinanet": detector("retinanet_resnet50_fpn", 96, **SMALL, detections_per_img=10, topk_candidates=20, score_thresh=0.001),
    "ssdlite": detector("ssdlite320_mobilenet_v3_large", 320, detections_per_img=10, topk_candidates=20),
    "fcos": detector("fcos_resnet50_fpn", 96, **SMALL, detections_per_img=10, topk_candidates=20, score_thresh=0.01),
    "maskrcnn": detector("maskrcnn_resnet50_fpn", 96, ("boxes", "scores", "labels", "masks"), **SMALL, **RPN),
    "lstm": (lambda: Recurrent(nn.LSTM, False, 2), (2, 7, 6), True, 0),
    "lstm_both_ways": (lambda: Recurrent(nn.LSTM, True, 1), (2, 7, 6), True, 0),
    "gru": (lambda: Recurrent(nn.GRU, False, 1), (2, 7, 6), True, 0),
    "gru_both_ways": (lambda: Recurrent(nn.GRU, True, 2), (2, 7, 6), True, 0),
    "rnn": (lambda: Recurrent(nn.RNN, False, 1), (2, 7, 6), True, 0),
    "if": (Branch, (2, 12), False, 0),
}


# Deep random networks, unlike trained ones, amplify rounding until no two float32 have one gradient. With most ReLUs open
# they do not.
OPEN = {"resnet50", "wide_resnet50", "inception_v3", "fcn", "retinanet", "fcos", "maskrcnn"}


def settle(model, shape, detect, opened):
    """Statistics of batch normalization from data, so that deep random networks neither die nor explode."""
    torch.manual_seed(1)
    norms = [m for m in model.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    for norm in norms:
        if opened:
            nn.init.ones_(norm.bias)
        norm.momentum = 0.5
        norm.train()
    with torch.no_grad():
        for _ in range(4):
            if not norms:
                break
            if detect:
                model.model([torch.rand(*shape) for _ in range(4)])
            else:
                model(torch.randn(4, *shape[1:]))
    model.eval()
    return model


def differentiated(model, x, which):
    x = x.clone().requires_grad_()
    outputs = model(x)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    torch.manual_seed(3)
    weight = torch.rand(outputs[which].shape) + 0.5
    return outputs, weight, torch.autograd.grad((outputs[which] * weight).sum(), x)[0]


def steady(model, double, x, which, noise):
    """
    The outputs, weight and gradient in float32 where float64 has the same gradient, also with weights off by some noise;
    nothing where a ReLU or a maximum decides by the last bit.
    """
    outputs, weight, gradient = differentiated(model, x, which)
    exact = differentiated(double, x.double(), which)[2]
    if (gradient - exact).abs().max() > 2e-5 * exact.abs().max():
        return None
    for seed in range(3):
        torch.manual_seed(seed)
        moved = copy.deepcopy(double)
        with torch.no_grad():
            for parameter in moved.parameters():
                parameter.mul_(1 + noise * torch.randn_like(parameter))
        if (differentiated(moved, x.double(), which)[2] - exact).abs().max() > 2e-5 * exact.abs().max():
            return None
    return outputs, weight, gradient


def reference(model, shape, which):
    """An input at which any float32 has the gradient of float64; if there is none among thirty, one with less margin."""
    double = copy.deepcopy(model).double()
    found = None
    for noise, seed in itertools.product((1e-6, 1e-7), range(2, 32)):
        torch.manual_seed(seed)
        x = (torch.rand if which else torch.randn)(*shape)
        found = steady(model, double, x, which, noise)
        if found is not None:
            break
    outputs, weight, gradient = found or differentiated(model, x, which)
    arrays = {"x": x, "gradient": gradient, "weight": weight} | {f"output{k}": out for k, out in enumerate(outputs)}
    return {name: tensor.detach().numpy() for name, tensor in arrays.items()}


def write(folder, name, opsets, exporters, log):
    make, shape, batch, which = CASES[name]
    torch.manual_seed(0)
    model = settle(make().eval(), shape, len(shape) == 3 and shape[0] == 3, name in OPEN)
    arrays = reference(model, shape, which)
    base = str(folder / name)
    np.savez(base + ".npz", which=np.int64([which]), **arrays)
    x = torch.from_numpy(arrays["x"])
    for exporter in exporters:
        for opset in opsets:
            path = f"{base}-{exporter}-{opset}.onnx"
            opened = batch and opset in (18, 23)
            try:
                if exporter == "dynamo":
                    source = model
                    if name == "if":
                        source = Cond().eval()
                        source.load_state_dict(model.state_dict())
                    shapes = ({0: torch.export.Dim("batch", min=1, max=64)},) if opened else None
                    program = torch.onnx.export(source, (x,), dynamo=True, opset_version=opset, dynamic_shapes=shapes,
                                                verbose=False)
                    program.save(path, external_data=False)
                else:
                    if opset > 20:
                        raise ValueError("the TorchScript exporter ends at opset 20")
                    source = torch.jit.script(model) if name == "if" else model
                    torch.onnx.export(source, (x,), path, dynamo=False, opset_version=opset, input_names=["x"],
                                      dynamic_axes={"x": {0: "batch"}} if opened else None)
                print(path, flush=True)
            except Exception as e:
                line = f"{name} {exporter} {opset}: {type(e).__name__}: {str(e).strip().splitlines()[0][:200] if str(e).strip() else ''}"
                print(line, flush=True)
                log.write(line + "\n")
                log.flush()
            gc.collect()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--only", default=",".join(CASES))
    parser.add_argument("--opsets", default="17,18,20,23")
    parser.add_argument("--exporters", default="script,dynamo")
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    with open(args.folder / "failures.txt", "a") as log:
        for name in args.only.split(","):
            try:
                write(args.folder, name, [int(o) for o in args.opsets.split(",")], [e for e in args.exporters.split(",") if e], log)
            except Exception:
                line = f"{name}: {traceback.format_exc().strip().splitlines()[-1]}"
                traceback.print_exc()
                log.write(line + "\n")


main()
