"""Parts of training as users of PyTorch write them, of given tensors only: losses, optimisers, policies, recommenders.

None of them is in an earlier file; fifteenth_inputs.py gives them their inputs, model_code.py, world_code.py and
figure_code.py have the other fields.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- losses of pictures


def complete_box_loss(one: Tensor, two: Tensor) -> Tensor:
    """CIoU: what boxes do not share, how far their middles are apart, and how their shapes differ."""
    both = (torch.minimum(one[:, 2:], two[:, 2:]) - torch.maximum(one[:, :2], two[:, :2])).clamp_min(0).prod(-1)
    a, b = one[:, 2:] - one[:, :2], two[:, 2:] - two[:, :2]
    iou = both / (a.prod(-1) + b.prod(-1) - both + 1e-6)
    hull = torch.maximum(one[:, 2:], two[:, 2:]) - torch.minimum(one[:, :2], two[:, :2])
    apart = 0.25 * (one[:, :2] + one[:, 2:] - two[:, :2] - two[:, 2:]).square().sum(-1) / hull.square().sum(-1)
    bent = 4 / math.pi**2 * (torch.atan(a[:, 0] / a[:, 1]) - torch.atan(b[:, 0] / b[:, 1])).square()
    return 1 - iou + apart + bent * (bent / (1 - iou + bent + 1e-6)).detach()


def wing_loss(x: Tensor, y: Tensor) -> Tensor:
    """Landmarks' errors: a logarithm of small ones, large ones as they are."""
    gap = (x - y).abs()
    return torch.where(gap < 10, 10 * torch.log1p(gap / 2), gap - (10 - 10 * math.log(6)))


def adaptive_wing_loss(x: Tensor, y: Tensor) -> Tensor:
    """Heatmaps' errors by a power that depends on how bright the target is."""
    power = 2.1 - y
    gap = (x - y).abs()
    half = 0.5**power
    slope = 14 / (1 + half) * power * 0.5 ** (power - 1)
    near = 14 * torch.log1p(gap.clamp_min(1e-3) ** power)
    return torch.where(gap < 0.5, near, slope * gap - (0.5 * slope - 14 * torch.log1p(half)))


def keypoint_similarity(x: Tensor, y: Tensor, area: Tensor, width: Tensor) -> Tensor:
    """How alike two poses are, by each joint's own tolerance and the person's size."""
    far = (x - y).square().sum(-1)
    return torch.exp(-far / (2 * area[:, None] * (2 * width).square() + 1e-4)).mean(-1)


def overlap_and_entropy_loss(x: Tensor, label: Tensor) -> Tensor:
    """Segmentation: cross entropy and what is not shared, of each class of each picture."""
    p, truth = x.softmax(1), F.one_hot(label, x.shape[1]).movedim(-1, 1).to(x.dtype)
    both, total = (p * truth).sum((2, 3)), (p + truth).sum((2, 3))
    return F.cross_entropy(x, label) + 1 - (2 * both + 1) / (total + 1)


def clipped_hinge_pair(real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
    """An adversarial critic's and a generator's losses, by hinges and against the mean of the other side."""
    critic = torch.relu(1 - real).mean(-1) + torch.relu(1 + fake).mean(-1)
    other = F.softplus(-(real - fake.mean(-1, keepdim=True))) + F.softplus(fake - real.mean(-1, keepdim=True))
    return critic, other


# -- losses of likeness


def decoupled_contrast(x: Tensor, y: Tensor) -> Tensor:
    """Contrast whose denominator leaves out the right pair."""
    score = F.normalize(x, dim=-1) @ F.normalize(y, dim=-1).mT / 0.2
    own = score.diagonal()
    hidden = torch.eye(len(x), dtype=torch.bool, device=x.device)
    return torch.logsumexp(score.masked_fill(hidden, float("-inf")), -1) - own


def queue_contrast(x: Tensor, key: Tensor, queue: Tensor) -> Tensor:
    """MoCo: each query's key against a queue of old ones."""
    x = F.normalize(x, dim=-1)
    own = (x * F.normalize(key, dim=-1)).sum(-1, keepdim=True)
    logits = torch.cat([own, x @ F.normalize(queue, dim=-1).mT], -1) / 0.07
    return F.cross_entropy(logits, torch.zeros(len(x), dtype=torch.long, device=x.device), reduction="none")


def hard_negative_contrast(x: Tensor, y: Tensor) -> Tensor:
    """Wrong pairs weighed by how alike they are, less what among them may be right."""
    score = F.normalize(x, dim=-1) @ F.normalize(y, dim=-1).mT / 0.5
    n = len(x)
    off = 1 - torch.eye(n, dtype=x.dtype, device=x.device)
    wrong, own = score.exp() * off, score.diagonal().exp()
    hard = (wrong * wrong).sum(-1) / (wrong.sum(-1) / (n - 1))
    rest = ((hard - 0.1 * (n - 1) * own) / 0.9).clamp_min((n - 1) * math.exp(-2))
    return -torch.log(own / (own + rest))


def quality_margin_logits(x: Tensor, weight: Tensor, label: Tensor) -> Tensor:
    """AdaFace: an angle's margin that follows how long, and so how good, a face's vector is."""
    cosine = (F.normalize(x, dim=-1) @ F.normalize(weight, dim=0)).clamp(-0.999, 0.999)
    length = x.norm(dim=-1)
    good = ((length - length.mean()) / (length.std() + 1e-3) * 0.333).clamp(-1, 1)
    own = F.one_hot(label, weight.shape[1]).to(x.dtype)
    angle = (torch.acos(cosine) - 0.4 * good[:, None] * own).clamp(1e-3, math.pi - 1e-3)
    return 32 * (torch.cos(angle) - own * (0.4 + 0.4 * good[:, None]))


def n_pair_loss(x: Tensor, y: Tensor) -> Tensor:
    """Each anchor's right one against all other anchors' right ones, and a little of their lengths."""
    score = x @ y.mT
    own = torch.eye(len(x), dtype=torch.bool, device=x.device)
    gap = (score - score.diagonal()[:, None]).masked_fill(own, float("-inf"))
    return torch.log1p(gap.exp().sum(-1)) + 0.005 * (x.square().sum(-1) + y.square().sum(-1))


def lifted_structure_loss(x: Tensor, label: Tensor) -> Tensor:
    """All pairs of a class against all that is near either of both."""
    far = torch.sqrt((x[:, None] - x).square().sum(-1) + 1e-3)
    same = label[:, None] == label
    wrong = torch.logsumexp((1 - far).masked_fill(same, -50.0), -1)
    pair = torch.relu(torch.logaddexp(wrong[:, None], wrong) + far).square()
    right = (same & ~torch.eye(len(x), dtype=torch.bool, device=x.device)).to(x.dtype)
    return (right * pair).sum(-1) / (2 * right.sum(-1)).clamp_min(1)


def smooth_average_precision(score: Tensor, right: Tensor) -> Tensor:
    """Precision at each right item's rank, ranks as sums of sigmoids."""
    above = torch.sigmoid((score[:, None] - score[:, :, None]) / 0.1)
    above = above * (1 - torch.eye(score.shape[-1], dtype=score.dtype, device=score.device))
    rank, good = 1 + above.sum(-1), 1 + (above * right[:, None]).sum(-1)
    return (right * good / rank).sum(-1) / right.sum(-1).clamp_min(1)


def approximate_gain_loss(score: Tensor, grade: Tensor) -> Tensor:
    """ApproxNDCG: gains at smoothed ranks over those of the best order."""
    rank = 0.5 + torch.sigmoid(2 * (score[:, None] - score[:, :, None])).sum(-1)
    best = torch.sort(grade, -1, descending=True)[0]
    at = torch.arange(2, score.shape[-1] + 2, dtype=score.dtype, device=score.device)
    ideal = (torch.exp2(best) - 1) / torch.log2(at)
    return 1 - (torch.expm1(math.log(2) * grade) / torch.log2(1 + rank)).sum(-1) / ideal.sum(-1)


# -- losses of classes, teachers and noise


def attention_transfer_loss(student: Tensor, teacher: Tensor) -> Tensor:
    """Where two networks look: mean squares over channels, as unit vectors."""
    a, b = (F.normalize(t.square().mean(1).flatten(1), dim=-1) for t in (student, teacher))
    return (a - b).square().mean(-1)


def relational_distillation(student: Tensor, teacher: Tensor) -> Tensor:
    """Distances between a batch's members over their mean, of both networks."""
    far = [torch.cdist(t, t + 0.01) for t in (student, teacher)]
    return F.smooth_l1_loss(far[0] / far[0].mean(), far[1] / far[1].mean(), reduction="none").mean(-1)


def decoupled_distillation(student: Tensor, teacher: Tensor, label: Tensor) -> Tensor:
    """A teacher's chance of the right class, and its chances among the wrong ones, weighed apart."""
    own = F.one_hot(label, student.shape[-1]).to(torch.bool)
    p, q = (t.softmax(-1)[own] for t in (teacher, student))
    first = p * torch.log(p / q) + (1 - p) * (torch.log1p(-p) - torch.log1p(-q))
    a, b = ((t - 50.0 * own.to(t.dtype)).log_softmax(-1) for t in (teacher, student))
    return first + 4 * (a.exp() * (a - b)).sum(-1)


def truncated_power_loss(x: Tensor, label: Tensor) -> Tensor:
    """Generalised cross entropy: between an absolute error and a logarithm, for labels that may be wrong."""
    p = x.softmax(-1).gather(-1, label[:, None]).squeeze(-1)
    return (1 - p.clamp_min(0.05) ** 0.7) / 0.7


def mixed_views_consistency(one: Tensor, two: Tensor, three: Tensor) -> Tensor:
    """AugMix: how three views' chances differ from their mean."""
    p = torch.stack([t.softmax(-1) for t in (one, two, three)])
    mean = torch.log(p.mean(0).clamp(1e-4, 1))
    return (p * (torch.log(p.clamp_min(1e-4)) - mean)).sum(-1).mean(0)


def prior_adjusted_loss(x: Tensor, count: Tensor, label: Tensor) -> Tensor:
    """Rare classes: logits moved by the logarithm of how often each was seen."""
    return F.cross_entropy(x + torch.log(count / count.sum()), label, reduction="none")


# -- optimisers and merging


def adopt_step(w: Tensor, g: Tensor, m: Tensor, s: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Adam in another order: the gradient is scaled by what was known before it."""
    scaled = (g / torch.sqrt(s).clamp_min(1e-3)).clamp(-8, 8)
    m = torch.lerp(m, scaled, 0.1)
    return w - 1e-2 * m, m, 0.99 * s + 0.01 * g * g


def rotated_adam_step(w: Tensor, g: Tensor, s: Tensor, left: Tensor, right: Tensor) -> Tensor:
    """SOAP: Adam's scaling between two turns into a better basis."""
    q, r = torch.linalg.qr(left)[0], torch.linalg.qr(right)[0]
    inner = q.mT @ g @ r
    return w - 1e-2 * (q @ (inner * torch.rsqrt(0.95 * s + 0.05 * inner * inner + 1e-4)) @ r.mT)


def distance_estimate_step(w: Tensor, start: Tensor, g: Tensor, s: Tensor) -> tuple[Tensor, Tensor]:
    """Prodigy: a step as long as how far the start seems to be from the end."""
    along = (g * (start - w)).sum(-1, keepdim=True)
    d = (along / (s.sqrt().abs().sum(-1, keepdim=True) + 1e-2)).clamp_min(0.01)
    return w - d * g / (s.sqrt() + 1e-2 * d), d


def blockwise_second_moment(w: Tensor, m: Tensor, g: Tensor) -> Tensor:
    """Adam-mini: one scale for each row instead of one for each weight."""
    s = g.square().mean(-1, keepdim=True)
    return 0.999 * w - 3e-3 * m / (torch.sqrt(s) + 1e-4)


def centralised_gradient_step(w: Tensor, g: Tensor, m: Tensor) -> tuple[Tensor, Tensor]:
    """Filters' gradients less their means, with momentum."""
    m = 0.9 * m + g - g.mean((1, 2, 3), keepdim=True)
    return w - 0.05 * m, m


def cautious_step(w: Tensor, m: Tensor, g: Tensor) -> Tensor:
    """Only what moves with the gradient is moved, and more for what is not."""
    agree = (m * g > 0).to(w.dtype)
    return w - 0.02 * m * agree / agree.mean().clamp_min(1e-2)


def privately_clipped_mean(g: Tensor, noise: Tensor) -> Tensor:
    """Each sample's gradient no longer than one, their mean, and noise."""
    length = torch.linalg.vector_norm(g.flatten(1), dim=-1)
    return torch.einsum("n,nij->ij", (1 / (length + 1e-6)).clamp(max=1), g) / len(g) + 0.1 / len(g) * noise


def elastic_weight_penalty(w: Tensor, old: Tensor, grad: Tensor) -> Tensor:
    """Weights that mattered for an older task stay where they were."""
    return 50 * (grad.square().mean(0) * (w - old).square()).sum(-1)


def trimmed_task_merge(base: Tensor, tuned: Tensor) -> Tensor:
    """TIES: the largest fifth of each task's changes, those of the winning sign averaged."""
    change = tuned - base
    bar = torch.quantile(change.abs(), 0.8, dim=-1, keepdim=True)
    kept = change * (change.abs() >= bar)
    sign = kept.sum(0).sign()
    same = (kept.sign() == sign) & (kept != 0)
    return base + 0.4 * (kept * same).sum(0) / same.sum(0).clamp_min(1)


def surgeon_update(w: Tensor, x: Tensor) -> Tensor:
    """Optimal brain surgeon: the first three inputs of each row dropped, the others made up for it."""
    h = x.mT @ x / len(x) + 0.1 * torch.eye(x.shape[1], dtype=x.dtype, device=x.device)
    back = torch.linalg.inv(h)
    for i in range(3):
        column, pivot = back[:, i : i + 1], back[i, i]
        w = w - w[:, i : i + 1] / pivot * column.mT
        back = back - column @ column.mT / pivot
    return w


# -- policies


def wide_clip_policy_loss(now: Tensor, old: Tensor, gain: Tensor, mask: Tensor) -> Tensor:
    """DAPO: ratios clipped higher above than below, over all tokens of a group."""
    gain = (gain - gain.mean()) / (gain.std() + 1e-4)
    ratio = torch.exp(now - old)
    loss = -torch.minimum(ratio * gain[:, None], ratio.clamp(0.8, 1.28) * gain[:, None])
    return (loss * mask).sum(-1) / mask.sum()


def low_variance_kl(now: Tensor, old: Tensor) -> Tensor:
    """Schulman's third estimate, whose terms are never negative."""
    gap = (old - now).clamp(-8, 8)
    return torch.expm1(gap) - gap


def anchored_preference_loss(good: Tensor, bad: Tensor) -> Tensor:
    """APO: good answers made likelier, bad ones less so, each by itself."""
    return 1 - torch.sigmoid(0.5 * good) + torch.sigmoid(0.5 * bad)


def self_play_loss(log: Tensor, old: Tensor, win: Tensor) -> Tensor:
    """SPPO: log-ratios as large as chances to win are above a half."""
    return (log - old - 5 * (win - 0.5)).square()


def centred_reward_loss(good: Tensor, bad: Tensor, margin: Tensor) -> Tensor:
    """A reward model's loss with margins, and sums of rewards near zero."""
    return F.softplus(-(good - bad - margin)) + 0.01 * (good + bad).square()


def clipped_value_loss(value: Tensor, old: Tensor, target: Tensor) -> Tensor:
    """The worse of a value's error and of that of one that moved little."""
    near = old + (value - old).clamp(-0.2, 0.2)
    return 0.5 * torch.maximum((value - target).square(), (near - target).square())


def advantage_weighted_loss(log: Tensor, gain: Tensor, value: Tensor) -> Tensor:
    """Actions of a log of play, weighed by how much better than expected they were."""
    weight = torch.exp((gain - value) / 0.5).clamp(max=20.0)
    return -log * weight / weight.mean(-1, keepdim=True)


def forward_model_curiosity(x: Tensor, action: Tensor, after: Tensor, weight: Tensor) -> Tensor:
    """How badly what comes next was foretold, in a learned space."""
    told = torch.tanh(torch.cat([torch.relu(x @ weight[:-4]), action], -1) @ torch.cat([weight[:6], weight[-4:]]))
    return 0.5 * (told - torch.tanh(after @ weight[:-4])).square().mean(-1)


# -- recommenders


def cosine_contrastive_loss(user: Tensor, item: Tensor, wrong: Tensor) -> Tensor:
    """CCL: right items as alike as can be, wrong ones below a bar."""
    good = 1 - F.cosine_similarity(user, item, dim=-1)
    bad = torch.relu(F.cosine_similarity(user[:, None], wrong, dim=-1) - 0.3)
    return good + 2 * bad.mean(-1)


def mixed_feature_tokens(x: Tensor, up: Tensor, down: Tensor) -> Tensor:
    """RankMixer: features' heads exchanged without weights, then a network for each token."""
    n, t, d = x.shape
    mixed = F.layer_norm(x.view(n, t, t, d // t).transpose(1, 2).reshape(n, t, d) + x, (d,))
    wide = F.gelu(torch.einsum("ntd,tdh->nth", mixed, up))
    return F.layer_norm(torch.einsum("nth,thd->ntd", wide, down) + mixed, (d,))


def stacked_factor_block(x: Tensor, mix: Tensor, weight: Tensor) -> Tensor:
    """Wukong: products of features with a compressed few, beside linear mixtures of them."""
    few = torch.einsum("nfd,fk->nkd", x, mix)
    pairs = F.layer_norm((x @ few.mT).flatten(1), (x.shape[1] * mix.shape[1],))
    made = torch.relu(pairs @ weight).unflatten(-1, (-1, x.shape[-1]))
    return F.layer_norm(torch.cat([made, few], 1), x.shape[-1:])


def self_attentive_fields(x: Tensor, weight: Tensor) -> Tensor:
    """AutoInt: fields that attend to each other in three heads, and a rectified residual."""
    q, k, v, r = torch.einsum("nfd,shde->shnfe", x, weight).unbind(0)
    seen = (q @ k.mT).softmax(-1) @ v
    return torch.relu(seen + r).permute(1, 2, 0, 3).flatten(2)
