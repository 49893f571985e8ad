// Runs TFLite's own interpreter: node interpreter.js WASM MODEL OUT IN...
// WASM is the folder "wasm" of the npm package @tensorflow/tfjs-tflite (0.0.1-alpha.10), IN are the raw bytes of the inputs, and
// output I is written to OUT/outI.bin. Prints names, types and shapes as JSON.
const fs = require('fs');
const path = require('path');

async function main() {
  const [folder, model, out, ...inputs] = process.argv.slice(2);
  const factory = require(path.resolve(folder, 'tflite_web_api_cc.js'));
  const wasmBinary = fs.readFileSync(path.resolve(folder, 'tflite_web_api_cc.wasm'));
  const module = await factory({wasmBinary, print: () => {}, printErr: (line) => console.error(line)});
  const bytes = fs.readFileSync(model);
  const at = module._malloc(bytes.length);
  module.HEAPU8.set(bytes, at);
  const made = module.TFLiteWebModelRunner.CreateFromBufferAndOptions(
      at, bytes.length, {numThreads: 1, enableProfiling: false, maxProfilingBufferEntries: 16});
  if (!made.ok()) {
    throw new Error(made.errorMessage());
  }
  const runner = made.value();
  const list = (vector) => Array.from({length: vector.size()}, (_, i) => vector.get(i));
  const takes = list(runner.GetInputs());
  takes.forEach((tensor, i) => {
    const data = tensor.data();
    if (inputs[i]) {
      new Uint8Array(data.buffer, data.byteOffset, data.byteLength).set(fs.readFileSync(inputs[i]));
    }
  });
  if (!runner.Infer()) {
    throw new Error('the interpreter failed');
  }
  const gives = list(runner.GetOutputs());
  gives.forEach((tensor, i) => {
    const data = tensor.data();
    fs.writeFileSync(
        path.join(out, 'out' + i + '.bin'), Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  });
  const info = (tensor) => ({name: tensor.name, type: tensor.dataType, shape: tensor.shape});
  console.log(JSON.stringify({inputs: takes.map(info), outputs: gives.map(info)}));
}

main().catch((e) => {
  console.error(e.message || e);
  process.exit(1);
});
