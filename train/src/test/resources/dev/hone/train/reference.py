"""Makes reference.txt beside it: what PyTorch and scikit-learn compute, one vector a line, as the name and the numbers.

Run with PyTorch, NumPy and scikit-learn installed: python reference.py
"""
import pathlib
import numpy as np
import torch
import torch.nn.functional as F
from sklearn import metrics

lines = []


def put(name, values):
    flat = np.asarray(values, dtype=np.float64).reshape(-1)
    lines.append(name + " " + " ".join(repr(float(v)) for v in flat))


# ---- schedules: rate (and momentum) of each of 20 steps
def rates(make, parameter_groups=1):
    optimizer = torch.optim.AdamW([torch.zeros(1, requires_grad=True)], 0.01)
    schedule = make(optimizer)
    out = []
    for _ in range(20):
        group = optimizer.param_groups[0]
        out.append((group["lr"], group["betas"][0]))
        optimizer.step()
        if len(out) < 20:
            schedule.step()
    return np.array(out)


cycle = rates(lambda o: torch.optim.lr_scheduler.OneCycleLR(o, 0.01, 20))
put("onecycle.rate", cycle[:, 0])
put("onecycle.momentum", cycle[:, 1])
warm = rates(lambda o: torch.optim.lr_scheduler.SequentialLR(o, [
    torch.optim.lr_scheduler.LinearLR(o, 1 / 5, total_iters=4),
    torch.optim.lr_scheduler.CosineAnnealingLR(o, 15, 0.01 * 0.02)], [5]))
put("warmupcosine.rate", warm[:, 0])

# ---- losses: value and gradient
torch.manual_seed(1)
logits = torch.randn(5, 4, dtype=torch.float64) * 2
labels = torch.tensor([0, 3, 1, 1, 2])
soft = torch.softmax(torch.randn(5, 4, dtype=torch.float64), 1)
weights = torch.tensor([0.5, 2.0, 1.0, 1.5], dtype=torch.float64)
put("loss.logits", logits)
put("loss.labels", labels)
put("loss.soft", soft)
put("loss.weights", weights)


def loss(name, function):
    x = logits.clone().requires_grad_(True)
    value = function(x)
    value.backward()
    put(f"loss.{name}", [value.item()])
    put(f"loss.{name}.gradient", x.grad)


def focal(x):
    p = F.softmax(x, 1).gather(1, labels[:, None])[:, 0]
    return ((1 - p) ** 2 * -torch.log(p)).mean()


def focal_weighted(x):
    p = F.softmax(x, 1).gather(1, labels[:, None])[:, 0]
    w = weights[labels]
    return (w * (1 - p) ** 0.5 * -torch.log(p)).sum() / w.sum()


loss("plain", lambda x: F.cross_entropy(x, labels))
loss("smooth", lambda x: F.cross_entropy(x, labels, label_smoothing=0.1))
loss("weighted", lambda x: F.cross_entropy(x, labels, weight=weights, label_smoothing=0.1))
loss("mixed", lambda x: F.cross_entropy(x, soft, label_smoothing=0.1))
loss("focal", focal)
loss("focalweighted", lambda x: focal_weighted(x))

# ---- the logit-adjusted loss (Menon et al. 2021, equation 10): log(1 + sum_{y' != y} (pi_y' / pi_y)^tau exp(f_y' - f_y))
prior = torch.tensor([0.7, 0.2, 0.09, 0.01], dtype=torch.float64)
put("loss.prior", prior)


def adjusted(x, tau):
    losses = []
    for row, y in zip(x, labels):
        others = [k for k in range(4) if k != y]
        losses.append(torch.log(1 + sum((prior[k] / prior[y]) ** tau * torch.exp(row[k] - row[y]) for k in others)))
    return torch.stack(losses).mean()


loss("adjusted", lambda x: adjusted(x, 1.5))
loss("adjustedsmooth", lambda x: F.cross_entropy(x + 1.5 * torch.log(prior), labels, label_smoothing=0.1))

# ---- distillation (Hinton et al. 2015) from a teacher's logits, and squared errors
teacher = torch.randn(5, 4, dtype=torch.float64) * 3
values = torch.randn(5, 4, dtype=torch.float64)
put("loss.teacher", teacher)
put("loss.values", values)


def distil(x, t, alpha):
    soft = F.kl_div(F.log_softmax(x / t, 1), F.log_softmax(teacher / t, 1), reduction="batchmean", log_target=True)
    return alpha * t * t * soft + (1 - alpha) * F.cross_entropy(x, labels)


loss("distil4", lambda x: distil(x, 4.0, 0.7))
loss("distil1", lambda x: distil(x, 1.0, 1.0))
loss("squared", lambda x: F.mse_loss(x, values))

# ---- optimizers: four steps of a small network, convolution, batch norm, ReLU, mean, linear
torch.manual_seed(2)
start = {"conv.weight": torch.randn(4, 2, 3, 3) * 0.3, "bn.weight": torch.rand(4) + 0.5, "bn.bias": torch.randn(4) * 0.1,
         "fc.weight": torch.randn(3, 4) * 0.5, "fc.bias": torch.randn(3) * 0.1}
images = torch.rand(4, 6, 2, 8, 8)
targets = torch.randint(0, 3, (4, 6))
for name, value in start.items():
    put("step." + name, value)
put("step.images", images)
put("step.targets", targets)


def train(name, make, clip):
    p = {k: v.clone().requires_grad_(True) for k, v in start.items()}
    decay = [v for v in p.values() if v.ndim > 1]
    rest = [v for v in p.values() if v.ndim <= 1]
    optimizer = make(decay, rest)
    running_mean, running_var = torch.zeros(4), torch.ones(4)
    average = {k: v.clone() for k, v in start.items()}
    losses, norms = [], []
    for step in range(4):
        y = F.conv2d(images[step], p["conv.weight"], padding=1)
        # ONNX keeps the variance of the batch itself, PyTorch's module an unbiased estimate: mixed here as ONNX does.
        with torch.no_grad():
            running_mean = 0.9 * running_mean + 0.1 * y.mean((0, 2, 3))
            running_var = 0.9 * running_var + 0.1 * y.var((0, 2, 3), unbiased=False)
        y = F.relu(F.batch_norm(y, None, None, p["bn.weight"], p["bn.bias"], True))
        value = F.cross_entropy(F.linear(y.mean((2, 3)), p["fc.weight"], p["fc.bias"]), targets[step])
        optimizer.zero_grad()
        value.backward()
        norm = torch.nn.utils.clip_grad_norm_(list(p.values()), clip if clip else 1e9)
        optimizer.step()
        losses.append(value.item())
        norms.append(norm.item())
        with torch.no_grad():
            for k in average:
                average[k] = 0.8 * average[k] + 0.2 * p[k]
    put(f"{name}.losses", losses)
    put(f"{name}.norms", norms)
    for k, v in p.items():
        put(f"{name}.{k}", v.detach())
        put(f"{name}.average.{k}", average[k])
    put(f"{name}.bn.running_mean", running_mean)
    put(f"{name}.bn.running_var", running_var)


def groups(decay, rest, d):
    return [{"params": decay, "weight_decay": d}, {"params": rest, "weight_decay": 0}]


train("sgd", lambda a, b: torch.optim.SGD(groups(a, b, 0.01), 0.1, momentum=0.9), 0)
train("nesterov", lambda a, b: torch.optim.SGD(groups(a, b, 0.01), 0.1, momentum=0.9, nesterov=True), 0.2)
train("adam", lambda a, b: torch.optim.Adam(groups(a, b, 0.01), 0.05), 0)
train("adamw", lambda a, b: torch.optim.AdamW(groups(a, b, 0.1), 0.05), 0.2)

# ---- measures
rng = np.random.RandomState(3)
truth = rng.randint(0, 4, 60)
probability = rng.dirichlet(np.ones(4), 60)
probability[np.arange(60), truth] += rng.rand(60)
probability = np.round(probability / probability.sum(1, keepdims=True), 2)
probability[:, 3] = 1 - probability[:, :3].sum(1)
probability = probability.astype(np.float32).astype(np.float64)
predicted = probability.argmax(1)
put("metric.truth", truth)
put("metric.probability", probability)
put("metric.accuracy", [metrics.accuracy_score(truth, predicted)])
put("metric.balanced", [metrics.balanced_accuracy_score(truth, predicted)])
put("metric.macro", [metrics.f1_score(truth, predicted, average="macro")])
precision, recall, f1, _ = metrics.precision_recall_fscore_support(truth, predicted)
put("metric.precision", precision)
put("metric.recall", recall)
put("metric.f1", f1)
put("metric.confusion", metrics.confusion_matrix(truth, predicted))
put("metric.auc", [metrics.roc_auc_score(truth, probability, multi_class="ovr", average="macro")])
put("metric.logloss", [metrics.log_loss(truth, np.clip(probability, 1e-9, 1))])
bad = (truth != 0)
score = 1 - probability[:, 0]
put("metric.auc2", [metrics.roc_auc_score(bad, score)])
fpr, tpr, threshold = metrics.roc_curve(bad, score, drop_intermediate=False)
for limit in (0, 0.1, 0.3):
    best = np.where(fpr <= limit)[0][-1]
    put(f"metric.escape.{limit}", [fpr[best], 1 - tpr[best]])

pathlib.Path(__file__).with_name("reference.txt").write_text("\n".join(lines) + "\n")
