"""Functions as users of PyTorch write them, of given tensors only: speech, signals, recommenders, graphs,
generation and reinforcement learning.

None of them is in an earlier file; eighth.py gives them their inputs.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- speech and signals


def energy_normalised(mel: Tensor) -> Tensor:
    """PCEN: bands over a smoothed past of themselves, and a root."""
    m, out = mel[..., 0], []
    for t in range(mel.shape[-1]):
        m = 0.96 * m + 0.04 * mel[..., t]
        out.append((mel[..., t] / (m + 1e-2) ** 0.98 + 2.0) ** 0.5 - 2.0**0.5)
    return torch.stack(out, dim=-1)


def triangle_bank(power: Tensor, edges: Tensor) -> Tensor:
    """Bands of a spectrum through triangles between given edges."""
    bins = torch.arange(power.shape[-1], dtype=power.dtype, device=power.device)
    up = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    down = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    return power @ torch.minimum(up, down).clamp(min=0).t()


def linear_prediction(r: Tensor) -> Tensor:
    """Levinson and Durbin's recursion, from autocorrelations to coefficients."""
    a, error = r.new_zeros(r.shape[0], 0), r[:, 0]
    for i in range(1, r.shape[1]):
        k = (r[:, i] - (a * r[:, 1:i].flip(1)).sum(1)) / error
        a = torch.cat([a - k[:, None] * a.flip(1), k[:, None]], dim=1)
        error = error * (1 - k * k)
    return a


def time_delay_layer(x: Tensor, weight: Tensor, mean: Tensor, var: Tensor) -> Tensor:
    """A speaker network's layer: a dilated convolution, ReLU, batch norm."""
    return F.batch_norm(F.relu(F.conv1d(x, weight, dilation=2)), mean, var, eps=1e-3)


def shifted_relative_attention(q: Tensor, k: Tensor, v: Tensor, r: Tensor, u: Tensor) -> Tensor:
    """Transformer-XL's: scores by content and by distance, the latter shifted into place."""
    t = q.shape[-2]
    far = F.pad(q @ r.mT, (1, 0))
    far = far.reshape(*q.shape[:2], t + 1, t)[..., 1:, :]
    return (((q + u[:, None]) @ k.mT + far) / math.sqrt(q.shape[-1])).softmax(-1) @ v


def vocoder_residual(x: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """HiFi-GAN's residual pair of convolutions, one of them dilated."""
    y = F.conv1d(F.leaky_relu(x, 0.1), first, padding=3, dilation=3)
    return x + F.conv1d(F.leaky_relu(y, 0.1), second, padding=1)


def harmonic_synthesis(pitch: Tensor, loud: Tensor) -> Tensor:
    """DDSP's oscillators: phases add up over time, harmonics by their loudness."""
    phase = 2 * math.pi * torch.cumsum(pitch, dim=-1)
    number = torch.arange(1, loud.shape[-1] + 1, dtype=pitch.dtype, device=pitch.device)
    return (loud * torch.sin(phase[..., None] * number)).sum(-1)


def frame_decibels(x: Tensor) -> Tensor:
    """Loudness of overlapping frames."""
    return 20 * torch.log10(x.unfold(-1, 20, 10).square().mean(-1).sqrt() + 1e-3)


def windowed_low_pass(x: Tensor) -> Tensor:
    """A filter of 15 taps: a sinc under a Hamming window."""
    n = torch.arange(-7, 8, dtype=x.dtype, device=x.device)
    taps = torch.sinc(0.4 * n) * (0.54 + 0.46 * torch.cos(math.pi * n / 7))
    return F.conv1d(x[:, None], (taps / taps.sum())[None, None], padding=7).squeeze(1)


def analytic_envelope(x: Tensor) -> Tensor:
    """The magnitude of the analytic signal, by Fourier transforms."""
    n = x.shape[-1]
    spectrum = torch.fft.fft(x)
    gain = torch.zeros(n, dtype=x.dtype, device=x.device)
    gain[0], gain[1 : (n + 1) // 2] = 1, 2
    return torch.fft.ifft(spectrum * gain).abs()


def adaptive_filter(x: Tensor, wanted: Tensor) -> Tensor:
    """Normalised least mean squares with four taps: the errors of each step."""
    w, out = torch.zeros_like(x[:, :4]), []
    for t in range(4, x.shape[1]):
        past = x[:, t - 4 : t]
        error = wanted[:, t] - (w * past).sum(-1)
        w = w + 0.5 * error[:, None] * past / (past.square().sum(-1, keepdim=True) + 1e-2)
        out.append(error)
    return torch.stack(out, dim=1)


# -- recommenders


def neural_matching(ids: Tensor, items: Tensor, user: Tensor, item: Tensor, hidden: Tensor, out: Tensor) -> Tensor:
    """NCF: products of factors beside a small network of both."""
    u, i = F.embedding(ids, user), F.embedding(items, item)
    deep = F.relu(F.linear(torch.cat([u, i], dim=-1), hidden))
    return torch.sigmoid(F.linear(torch.cat([u * i, deep], dim=-1), out)).squeeze(-1)


def field_attention(x: Tensor, q: Tensor, k: Tensor, v: Tensor, residual: Tensor) -> Tensor:
    """AutoInt's layer: fields attend to each other."""
    scores = torch.softmax((x @ q) @ (x @ k).transpose(1, 2), dim=-1)
    return F.relu(scores @ (x @ v) + x @ residual)


def compressed_interactions(x: Tensor, base: Tensor, weight: Tensor) -> Tensor:
    """xDeepFM's layer: outer products of fields, dimension by dimension, compressed."""
    outer = torch.einsum("bhd,bmd->bhmd", x, base).flatten(1, 2)
    return F.conv1d(outer, weight[..., None]).sum(-1)


def list_loss(score: Tensor, grade: Tensor) -> Tensor:
    """ListNet's: cross-entropy of two softmaxes over a list."""
    return -(grade.softmax(-1) * score.log_softmax(-1)).sum(-1)


def smooth_gain(score: Tensor, grade: Tensor) -> Tensor:
    """Approximate NDCG: ranks as sums of sigmoids."""
    rank = 0.5 + torch.sigmoid((score[:, None, :] - score[:, :, None]) / 0.5).sum(-1)
    gain = torch.exp2(grade) - 1
    return (gain / torch.log2(rank + 1)).sum(-1) / gain.sum(-1)


def next_item_loss(hidden: Tensor, positive: Tensor, negative: Tensor, kept: Tensor) -> Tensor:
    """SASRec's: the next item against a random one, padding left out."""
    mask = kept.to(hidden.dtype)
    loss = F.softplus(-(hidden * positive).sum(-1)) + F.softplus((hidden * negative).sum(-1))
    return (loss * mask).sum(-1) / mask.sum(-1)


def closed_form_items(x: Tensor) -> Tensor:
    """EASE: weights of items for each other, from one inverse."""
    gram = x.t() @ x + 5.0 * torch.eye(x.shape[1], dtype=x.dtype, device=x.device)
    p = torch.linalg.inv(gram)
    b = p / -torch.diagonal(p)
    return b - torch.diag(torch.diagonal(b))


# -- graphs


def sampled_neighbours(x: Tensor, source: Tensor, target: Tensor, own: Tensor, other: Tensor) -> Tensor:
    """GraphSAGE: a node, the mean of its neighbours, and length one."""
    total = torch.zeros_like(x).index_add(0, target, x[source])
    degree = torch.bincount(target, minlength=len(x)).clamp(min=1).to(x.dtype)
    return F.normalize(x @ own + (total / degree[:, None]) @ other, dim=-1)


def personalised_propagation(x: Tensor, adjacency: Tensor) -> Tensor:
    """APPNP: four rounds over neighbours, a tenth of the start kept."""
    a = adjacency / adjacency.sum(-1, keepdim=True)
    y = x
    for _ in range(4):
        y = 0.9 * (a @ y) + 0.1 * x
    return y


def principal_aggregation(message: Tensor, target: Tensor) -> Tensor:
    """PNA: sum, mean of squares and largest of a node's messages."""
    at = target[:, None].expand_as(message)
    base = message.new_zeros(16, message.shape[1])
    parts = [
        base.scatter_reduce(0, at, message, "sum"),
        base.scatter_reduce(0, at, message.square(), "mean", include_self=False),
        base.scatter_reduce(0, at, message, "amax"),
    ]
    return torch.cat(parts, dim=-1)


def complex_triples(head: Tensor, relation: Tensor, tail: Tensor) -> Tensor:
    """ComplEx: the real part of a product of three complex vectors."""
    (a, b), (c, d), (e, f) = (x.chunk(2, dim=-1) for x in (head, relation, tail))
    return ((a * c - b * d) * e + (a * d + b * c) * f).sum(-1)


def continuous_filter(x: Tensor, distance: Tensor, weight: Tensor) -> Tensor:
    """SchNet: messages weighed by a filter of Gaussians of the distance, cut off smoothly."""
    centres = torch.linspace(0, 5, weight.shape[0], dtype=x.dtype, device=x.device)
    basis = torch.exp(-2.0 * (distance[..., None] - centres) ** 2)
    cut = 0.5 * (torch.cos(distance * math.pi / 5) + 1)
    filters = F.softplus(basis @ weight) - math.log(2.0)
    return torch.einsum("ijc,jc->ic", filters * cut[..., None], x)


# -- generation


def heun_step(x: Tensor, weight: Tensor, sigma: Tensor) -> Tensor:
    """EDM's second-order step between two levels of noise."""

    def slope(y: Tensor, s: Tensor) -> Tensor:
        return (y - torch.tanh(y @ weight)) / s

    d = slope(x, sigma[0])
    there = x + (sigma[1] - sigma[0]) * d
    return x + (sigma[1] - sigma[0]) * 0.5 * (d + slope(there, sigma[1]))


def consistency_output(x: Tensor, network: Tensor, sigma: Tensor) -> Tensor:
    """A consistency model's output, which is its input where there is no noise."""
    s = sigma[:, None] - 0.002
    skip, out = 0.25 / (s * s + 0.25), 0.5 * s / (sigma[:, None] ** 2 + 0.25).sqrt()
    return skip * x + out * network


def affine_coupling(x: Tensor, scale: Tensor, shift: Tensor) -> tuple[Tensor, Tensor]:
    """A flow's layer: half of the numbers scaled and moved by the other, and the log-determinant."""
    a, b = x.chunk(2, dim=-1)
    log_s = 2.0 * torch.tanh(a @ scale)
    return torch.cat([a, b * log_s.exp() + a @ shift], dim=-1), log_s.sum(-1)


def free_bits(mean: Tensor, log_var: Tensor) -> Tensor:
    """A variational autoencoder's divergence, at least a little of it for each dimension."""
    return (-0.5 * (1 + log_var - mean**2 - log_var.exp())).clamp(min=0.1).sum(-1)


def commitment(x: Tensor, book: Tensor, code: Tensor) -> Tensor:
    """A quantised autoencoder's loss for given codes, both ways."""
    gap = (x - book[code]).square().mean(-1)
    return gap + 0.25 * gap


def blended_inpainting(x: Tensor, known: Tensor, noise: Tensor, mask: Tensor, left: Tensor) -> Tensor:
    """RePaint: what is known is noised anew and pasted in."""
    return mask * (left.sqrt() * known + (1 - left).sqrt() * noise) + (1 - mask) * x


def penalised_critic(real: Tensor, fake: Tensor, slope: Tensor) -> Tensor:
    """Wasserstein's critic with a penalty for slopes that are not one."""
    return fake - real + 10 * (slope.norm(2, dim=1) - 1) ** 2


# -- reinforcement learning


def lambda_returns(reward: Tensor, value: Tensor, going: Tensor) -> Tensor:
    """Dreamer's returns, from the last step back."""
    last, out = value[-1], []
    for t in range(len(reward) - 1, -1, -1):
        last = reward[t] + 0.99 * going[t] * (0.05 * value[t + 1] + 0.95 * last)
        out.append(last)
    return torch.stack(out[::-1])


def twin_target(first: Tensor, second: Tensor, log_p: Tensor, reward: Tensor, done: Tensor) -> Tensor:
    """Soft actor-critic's: the lower of two critics less the entropy's price."""
    return reward + 0.99 * (1.0 - done.to(reward.dtype)) * (torch.min(first, second) - 0.2 * log_p)


def projected_categories(p: Tensor, reward: Tensor) -> Tensor:
    """C51: a shifted distribution spread onto the atoms it falls between."""
    atoms = torch.linspace(-2, 2, p.shape[1], dtype=p.dtype, device=p.device)
    moved = (reward[:, None] + 0.95 * atoms).clamp(-2, 2)
    near = (1 - (moved[:, :, None] - atoms).abs() / (atoms[1] - atoms[0])).clamp(min=0)
    return torch.einsum("bi,bij->bj", p.softmax(-1), near)


def policy_gap(mean: Tensor, log_std: Tensor, old_mean: Tensor, old_log_std: Tensor) -> Tensor:
    """Divergence of two diagonal normal policies, with an entropy bonus."""
    var = (2 * log_std).exp()
    kl = log_std - old_log_std + ((2 * old_log_std).exp() + (old_mean - mean) ** 2) / (2 * var) - 0.5
    return kl.sum(-1) - 0.01 * (log_std + 0.5 * math.log(2 * math.pi * math.e)).sum(-1)
