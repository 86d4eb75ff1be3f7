"""Parts of models as users of PyTorch write them, of given tensors only: language, sound, optimizers.

None of them is in an earlier file; twelfth.py gives them their inputs, bench_code_more.py and bench_code_rest.py have
the other fields.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- language models


def compressive_memory_attention(q: Tensor, k: Tensor, v: Tensor, gate: Tensor) -> Tensor:
    """Infini-attention: the second half of a text sees itself, and the first through a linear memory, gated by head."""
    (_, q), (past_k, k), (past_v, v) = (t.chunk(2, -2) for t in (q, k, v))
    feature, asked = F.elu(past_k) + 1, F.elu(q) + 1
    recalled = asked @ (feature.mT @ past_v) / (asked @ feature.sum(-2)[..., None] + 1e-3)
    share = torch.sigmoid(gate)[:, None, None]
    return share * recalled + (1 - share) * F.scaled_dot_product_attention(q, k, v, is_causal=True)


def gated_delta_memory(q: Tensor, k: Tensor, v: Tensor, decay: Tensor, rate: Tensor) -> Tensor:
    """Gated DeltaNet: a memory that fades by a scalar, then is corrected along each key of length one."""
    q, k = F.normalize(q, dim=-1), F.normalize(k, dim=-1)
    keep, beta = torch.exp(-F.softplus(decay)), torch.sigmoid(rate)
    state, out = q.new_zeros(*q.shape[:2], q.shape[-1], v.shape[-1]), []
    for t in range(q.shape[2]):
        state = keep[:, :, t, None, None] * state
        gap = v[:, :, t] - (k[:, :, t, None] @ state).squeeze(-2)
        state = state + beta[:, :, t, None, None] * k[:, :, t, :, None] * gap[:, :, None]
        out.append((q[:, :, t, None] @ state).squeeze(-2))
    return torch.stack(out, 2)


def selective_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Selective attention: what earlier tokens deem of no more use loses score, by running sums of one head's."""
    n = q.shape[-2]
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    ahead = torch.ones(n, n, dtype=torch.bool, device=q.device).triu(1)
    own = torch.eye(n, dtype=torch.bool, device=q.device)
    useless = torch.relu(scores[:, :1]).masked_fill(ahead | own, 0.0)
    useless = F.pad(useless, (0, 0, 1, 0))[:, :, :-1].cumsum(-2)
    return torch.softmax((scores - useless).masked_fill(ahead, float("-inf")), -1) @ v


def exponential_value_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """LASER: attention over exponentials of values, whose logarithm it returns."""
    top = v.amax(-2, keepdim=True)
    p = torch.softmax(q @ k.mT * q.shape[-1] ** -0.5, -1)
    return top + torch.log(p @ torch.exp(v - top))


def rectified_softmax_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Softpick: exponentials less one, of which only positive ones count and all are in the sum."""
    scores = q @ k.mT * q.shape[-1] ** -0.5
    top = scores.amax(-1, keepdim=True).clamp_min(0)
    e = torch.exp(scores - top) - torch.exp(-top)
    return torch.relu(e) / (e.abs().sum(-1, keepdim=True) + 1e-3) @ v


def length_scaled_attention(q: Tensor, k: Tensor, v: Tensor, scale: Tensor) -> Tensor:
    """Scalable softmax: causal scores times the logarithm of how many keys a query sees."""
    n = q.shape[-2]
    seen = torch.arange(1, n + 1, dtype=q.dtype, device=q.device)
    scores = scale[:, None, None] * (seen + 1).log()[:, None] * (q @ k.mT) / math.sqrt(q.shape[-1])
    hidden = torch.ones(n, n, dtype=torch.bool, device=q.device).triu(1)
    return scores.masked_fill(hidden, float("-inf")).softmax(-1) @ v


def squared_score_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Power attention of degree two: causal weights are squares of scores over their sum."""
    weight = (q @ k.mT / math.sqrt(q.shape[-1])).square().tril()
    return weight @ v / (weight.sum(-1, keepdim=True) + 0.1)


def regression_memory(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Mesa layer: each query read from the ridge regression of all values on keys."""
    eye = torch.eye(k.shape[-1], dtype=k.dtype, device=k.device)
    return q @ torch.linalg.solve(k.mT @ k + eye, k.mT @ v)


def lower_bounded_recurrence(q: Tensor, v: Tensor, forget: Tensor, bound: Tensor) -> Tensor:
    """HGRN2: forget gates above a layer's bound, whose complement is the key of an outer product's state."""
    low = torch.sigmoid(bound)
    keep = low + (1 - low) * torch.sigmoid(forget)
    state, out = q.new_zeros(len(q), q.shape[-1], v.shape[-1]), []
    for t in range(q.shape[1]):
        state = keep[:, t, :, None] * state + (1 - keep[:, t])[..., None] * v[:, t, None]
        out.append((torch.sigmoid(q[:, t])[:, None] @ state).squeeze(1))
    return torch.stack(out, 1)


def quasi_recurrence(x: Tensor, weight: Tensor) -> Tensor:
    """QRNN: gates by a causal convolution of two, states pooled by forget and output gates."""
    z, f, o = F.conv1d(F.pad(x, (1, 0)), weight).chunk(3, 1)
    z, f, o = torch.tanh(z), torch.sigmoid(f), torch.sigmoid(o)
    c, out = torch.zeros_like(z[..., 0]), []
    for t in range(x.shape[-1]):
        c = f[..., t] * c + (1 - f[..., t]) * z[..., t]
        out.append(o[..., t] * c)
    return torch.stack(out, -1)


def peephole_cell(x: Tensor, wi: Tensor, wh: Tensor, peep: Tensor) -> Tensor:
    """An LSTM whose gates see the cell's state, over a short text."""
    h = c = torch.zeros_like(x[:, 0] @ wi[:, : peep.shape[-1]])
    for t in range(x.shape[1]):
        i, f, g, o = (x[:, t] @ wi + h @ wh).chunk(4, -1)
        new = torch.sigmoid(f + peep[1] * c) * c + torch.sigmoid(i + peep[0] * c) * torch.tanh(g)
        h, c = torch.sigmoid(o + peep[2] * new) * torch.tanh(new), new
    return torch.cat([h, c], -1)


def covered_additive_attention(query: Tensor, memory: Tensor, score: Tensor, cover: Tensor) -> Tensor:
    """Bahdanau's attention that is told how much each place was looked at, step by step."""
    seen, out = torch.zeros_like(memory[..., 0]), []
    for t in range(query.shape[1]):
        p = torch.softmax(torch.tanh(query[:, t, None] + memory + seen[..., None] * cover) @ score, -1)
        seen = seen + p
        out.append((p[:, None] @ memory).squeeze(1))
    return torch.stack(out, 1)


def binary_tree_softmax(x: Tensor, node: Tensor, path: Tensor, turn: Tensor) -> Tensor:
    """Hierarchical softmax: log-probabilities of words by their turns on the way down a tree."""
    return F.logsigmoid(turn * (node[path] @ x[..., None]).squeeze(-1)).sum(-1)


def skip_gram_loss(centre: Tensor, context: Tensor, negative: Tensor) -> Tensor:
    """word2vec: a true neighbour against a few drawn words."""
    wrong = (negative @ centre[..., None]).squeeze(-1)
    return -F.logsigmoid((centre * context).sum(-1)) - F.logsigmoid(-wrong).sum(-1)


def co_occurrence_loss(word: Tensor, other: Tensor, bias: Tensor, count: Tensor) -> Tensor:
    """GloVe: weighted squares of what products miss of the logarithms of counts."""
    gap = word @ other.mT + bias[0, :, None] + bias[1] - count.log()
    return (count / 50).clamp_max(1).pow(0.75) * gap.square()


def length_penalised_scores(logits: Tensor, total: Tensor, length: Tensor) -> Tensor:
    """Beam search: the best four continuations of each beam, by sums of log-probabilities over a length's power."""
    grown = total[..., None] + F.log_softmax(logits, -1)
    return torch.topk(grown.flatten(-2) / ((5 + length[:, None]) / 6).pow(0.8), 4).values


def nucleus_probabilities(logits: Tensor) -> Tensor:
    """Top-p: the likeliest tokens that make up nine tenths, their share anew."""
    p, order = logits.softmax(-1).sort(-1, descending=True)
    kept = p.masked_fill(p.cumsum(-1) - p > 0.9, 0.0)
    kept = kept / kept.sum(-1, keepdim=True)
    return torch.zeros_like(kept).scatter(-1, order, kept)


def identity_preference_loss(chosen: Tensor, rejected: Tensor, chosen_ref: Tensor, rejected_ref: Tensor) -> Tensor:
    """IPO: the difference of two log-ratios drawn to a constant."""
    gap = (chosen - chosen_ref).mean(-1) - (rejected - rejected_ref).mean(-1)
    return (gap - 1 / (2 * 0.3)).square()


def hadamard_adapter(x: Tensor, weight: Tensor, left: Tensor, right: Tensor) -> Tensor:
    """LoHa: a weight's change as the product, element by element, of two low-rank matrices."""
    change = (left[0] @ right[0]) * (left[1] @ right[1])
    return F.linear(x, weight + 0.5 * change)


def quantised_cache_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """KIVI: keys in four bits by channel, values by token, both with a zero point."""

    def coarse(t: Tensor, dim: int) -> Tensor:
        low = t.amin(dim, keepdim=True)
        step = (t.amax(dim, keepdim=True) - low) / 15 + 1e-3
        return torch.round((t - low) / step) * step + low

    return F.scaled_dot_product_attention(q, coarse(k, -2), coarse(v, -1))


def finite_scalar_codes(x: Tensor, level: Tensor) -> Tensor:
    """FSQ: each channel bounded and rounded to a few levels, then scaled to -1 … 1."""
    half = (level - 1) * 0.999 / 2
    shift = torch.where(level % 2 == 0, 0.5, 0.0).to(x.dtype)
    bounded = torch.tanh(x + torch.atanh(shift / half)) * half - shift
    return torch.cat([torch.round(bounded) / (level / 2).floor(), bounded], -1)


def expert_choice(x: Tensor, router: Tensor, up: Tensor, down: Tensor) -> Tensor:
    """Experts that choose their five tokens, whose outcomes are added up by their gates."""
    gate, token = torch.topk((x @ router).softmax(-1).T, 5)
    made = F.silu(x[token] @ up) @ down
    return torch.zeros_like(x).index_add(0, token.flatten(), (gate[..., None] * made).flatten(0, 1))


def monarch_product(x: Tensor, left: Tensor, right: Tensor) -> Tensor:
    """A structured matrix: block diagonal, a permutation, block diagonal, and back."""
    y = torch.einsum("nij,ijk->nik", x.unflatten(-1, (len(left), -1)), left).mT
    return torch.einsum("nij,ijk->nik", y, right).mT.flatten(-2)


def butterfly_product(x: Tensor, angle: Tensor) -> Tensor:
    """An orthogonal layer of log n stages, each turning pairs further apart."""
    for s, turn in enumerate(angle):
        a, b = x.unflatten(-1, (-1, 2, 2**s)).unbind(-2)
        c, d = (t.view(-1, 2**s) for t in (turn.cos(), turn.sin()))
        x = torch.stack([c * a - d * b, d * a + c * b], -2).flatten(-3)
    return x


def toeplitz_mixing(x: Tensor, tap: Tensor, decay: Tensor) -> Tensor:
    """TNN: tokens mixed by weights of their distance alone, which fade, channel by channel."""
    n = x.shape[1]
    at = torch.arange(n, device=x.device)
    apart = at[:, None] - at
    fade = torch.sigmoid(decay) ** apart.abs()[..., None].to(x.dtype)
    return torch.einsum("ijc,bjc->bic", tap[apart + n - 1] * fade, x)


def product_key_memory(q: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """A large memory whose keys are pairs: three best halves each, three best of their nine sums."""
    one, two = (torch.topk(a @ b.T, 3) for a, b in zip(q.chunk(2, -1), key, strict=True))
    best, place = torch.topk((one.values[..., :, None] + two.values[..., None, :]).flatten(-2), 3)
    row, column = one.indices.gather(-1, place // 3), two.indices.gather(-1, place % 3)
    return (best.softmax(-1)[..., None] * value[row * key.shape[1] + column]).sum(-2)


def lexical_weights(logits: Tensor, kept: Tensor) -> Tensor:
    """SPLADE: how much of each word a text holds, the largest logarithm over its tokens."""
    return (torch.log1p(torch.relu(logits)) * kept[..., None]).amax(1)


def common_direction_removed(x: Tensor, frequency: Tensor) -> Tensor:
    """SIF: words averaged by inverse frequency, less what all sentences share, by five power iterations."""
    weight = 0.1 / (0.1 + frequency)
    y = (weight[..., None] * x).mean(1)
    u = F.normalize(y.sum(0), dim=0)
    for _ in range(5):
        u = F.normalize(y.T @ (y @ u), dim=0)
    return y - (y @ u)[:, None] * u


# -- speech and audio


def envelope_follower(x: Tensor, attack: Tensor, release: Tensor) -> Tensor:
    """A level that rises quickly and falls slowly, sample by sample."""
    level, out = torch.zeros_like(x[:, 0]), []
    for now in x.abs().unbind(1):
        rate = torch.where(now > level, attack, release)
        level = level + rate * (now - level)
        out.append(level)
    return torch.stack(out, 1)


def frequency_modulation(pitch: Tensor, ratio: Tensor, depth: Tensor) -> Tensor:
    """A synthesiser's voice: a sine whose phase another sine bends, ever less."""
    phase = 2 * math.pi * pitch.cumsum(-1)
    fade = torch.exp(-torch.linspace(0, 3, pitch.shape[-1], dtype=pitch.dtype, device=pitch.device))
    return fade * torch.sin(phase + depth[:, None] * fade * torch.sin(ratio[:, None] * phase))


def wavetable_voice(pitch: Tensor, table: Tensor) -> Tensor:
    """A wave read at a running phase, between its samples linear."""
    n = table.shape[-1]
    at = torch.remainder(pitch.cumsum(-1), 1.0) * n
    low = at.floor()
    place = low.long() % n
    return torch.lerp(table.gather(-1, place), table.gather(-1, (place + 1) % n), at - low)


def harmonic_mask(magnitude: Tensor) -> Tensor:
    """What holds in time against what is short: medians along both sides, as a soft mask."""
    held = F.pad(magnitude, (2, 2), mode="replicate").unfold(-1, 5, 1).median(-1).values
    short = F.pad(magnitude, (0, 0, 2, 2), mode="replicate").unfold(-2, 5, 1).median(-1).values
    return magnitude * held.square() / (held.square() + short.square() + 1e-3)


def tone_energy(x: Tensor) -> Tensor:
    """Teager and Kaiser's operator, smoothed over five samples."""
    y = x[..., 1:-1].square() - x[..., 2:] * x[..., :-2]
    return F.avg_pool1d(y[:, None], 5, 1).squeeze(1)


def chroma(power: Tensor) -> Tensor:
    """Twelve pitch classes: bins of a spectrum folded by bells around each, every frame of length one."""
    bins = torch.arange(1, power.shape[-2] + 1, dtype=power.dtype, device=power.device)
    pitch = torch.remainder(12 * torch.log2(bins) - torch.arange(12, device=power.device)[:, None] + 6, 12) - 6
    fold = torch.exp(-0.5 * (pitch / 0.8).square())
    return F.normalize(fold / fold.sum(-1, keepdim=True) @ power, dim=-2)


def fired_tokens(x: Tensor, weight: Tensor) -> Tensor:
    """Continuous integrate-and-fire: frames gathered into five tokens as their weights fill up units."""
    share = 5 * weight / weight.sum(-1, keepdim=True)
    end = share.cumsum(-1)
    token = torch.arange(5, dtype=x.dtype, device=x.device)[:, None]
    inside = torch.minimum(end[:, None], token + 1) - torch.maximum((end - share)[:, None], token)
    return torch.relu(inside) @ x


def expected_alignment(stop: Tensor, memory: Tensor) -> Tensor:
    """Monotonic attention: chances that each step stops at each frame, given where the one before was."""
    p = torch.sigmoid(stop)
    at = F.pad(torch.ones_like(p[:, 0, :1]), (0, p.shape[-1] - 1))
    out = []
    for now in p.unbind(1):
        carried, row = torch.zeros_like(now[:, 0]), []
        for j in range(now.shape[-1]):
            carried = carried + at[:, j]
            row.append(carried * now[:, j])
            carried = carried * (1 - now[:, j])
        at = torch.stack(row, -1)
        out.append((at[:, None] @ memory).squeeze(1))
    return torch.stack(out, 1)


def transducer_likelihood(blank: Tensor, label: Tensor) -> Tensor:
    """RNN-T's lattice: log-likelihood over all paths, row by row."""
    row = F.pad(label[:, 0].cumsum(-1), (1, 0))
    for t in range(1, blank.shape[1]):
        stay = row + blank[:, t - 1]
        out: list[Tensor] = []
        for u in range(blank.shape[2]):
            out.append(stay[:, u] if not u else torch.logaddexp(stay[:, u], out[-1] + label[:, t, u - 1]))
        row = torch.stack(out, -1)
    return row[:, -1] + blank[:, -1, -1]


def swoosh_block(x: Tensor, weight: Tensor, bias: Tensor, log_scale: Tensor) -> Tensor:
    """Zipformer: a norm by distance from a bias, then SwooshR between two linear layers."""
    x = x * torch.rsqrt((x - bias).square().mean(-1, keepdim=True) + 1e-4) * torch.exp(log_scale)
    y = x @ weight
    return x + (F.softplus(y - 1) - 0.08 * y - 0.313261687) @ weight.T


def speaker_odds(x: Tensor, y: Tensor, between: Tensor) -> Tensor:
    """PLDA of diagonal covariances: log-odds that two voices are one speaker's."""
    total = 1 + between
    det = total.square() - between.square()
    same = -0.5 * ((x.square() + y.square()) * total - 2 * x * y * between) / det - 0.5 * det.log()
    return (same + 0.5 * (x.square() + y.square()) / total + total.log()).sum(-1)


def deep_filter(real: Tensor, imag: Tensor, tap_real: Tensor, tap_imag: Tensor) -> Tensor:
    """DeepFilterNet: every bin a complex combination of its last four frames."""
    n = tap_real.shape[-1]
    re, im = (F.pad(t, (n - 1, 0)).unfold(-1, n, 1) for t in (real, imag))
    return torch.cat([(re * tap_real - im * tap_imag).sum(-1), (re * tap_imag + im * tap_real).sum(-1)], -1)


# -- optimizers


def sign_controlled_step(p: Tensor, g: Tensor, m: Tensor, s: Tensor) -> Tensor:
    """Yogi at its fifth step: a second moment that moves by a sign."""
    m = 0.9 * m + 0.1 * g
    s = s - 0.01 * torch.sign(s - g.square()) * g.square()
    return p - 0.1 * m / (1 - 0.9**5) / (torch.sqrt(s / (1 - 0.99**5)) + 1e-3)


def damped_least_squares(p: Tensor, t: Tensor, y: Tensor) -> Tensor:
    """Levenberg and Marquardt: three steps of a fit of decaying exponentials."""
    eye = torch.eye(2, dtype=p.dtype, device=p.device)
    for _ in range(3):
        a, b = p[:, :1], p[:, 1:]
        e = torch.exp(-b * t)
        j = torch.stack([e, -a * t * e], -1)
        h = j.mT @ j
        p = p - torch.linalg.solve(h + 0.3 * eye, j.mT @ (a * e - y)[..., None]).squeeze(-1)
    return p


def secant_update(inverse: Tensor, step: Tensor, change: Tensor) -> Tensor:
    """BFGS: an inverse Hessian that explains the last change of the gradient."""
    rho = 1 / ((step * change).sum(-1)[:, None, None] + 0.05)
    eye = torch.eye(step.shape[-1], dtype=step.dtype, device=step.device)
    left = eye - rho * step[:, :, None] * change[:, None]
    return left @ inverse @ left.mT + rho * step[:, :, None] * step[:, None]


def unconflicted_slopes(g: Tensor) -> Tensor:
    """PCGrad: each task's gradient without what goes against another's."""
    out = []
    for i in range(g.shape[1]):
        mine = g[:, i]
        for j in range(g.shape[1]):
            dot = (mine * g[:, j]).sum(-1, keepdim=True).clamp_max(0)
            mine = mine - dot / (g[:, j].square().sum(-1, keepdim=True) + 1e-2) * g[:, j]
        out.append(mine)
    return torch.stack(out, 1).mean(1)


def mirrored_descent(a: Tensor, b: Tensor) -> Tensor:
    """Exponentiated gradient: six steps of least squares on a simplex."""
    x = torch.full_like(a[:, 0], 1 / a.shape[-1])
    for _ in range(6):
        slope = (a.mT @ (a @ x[..., None] - b[..., None])).squeeze(-1)
        x = torch.softmax(torch.log(x + 1e-3) - 0.2 * slope, -1)
    return x


def accelerated_thresholding(a: Tensor, b: Tensor) -> Tensor:
    """FISTA: five steps of sparse regression with momentum."""
    rate = 1 / (a.square().sum((-2, -1), keepdim=True) + 1e-2)
    x = y = torch.zeros_like(a.mT @ b[..., None])
    t = 1.0
    for _ in range(5):
        new = F.softshrink(y - rate * (a.mT @ (a @ y - b[..., None])), 0.01)
        after = 0.5 * (1 + math.sqrt(1 + 4 * t * t))
        x, y, t = new, new + (t - 1) / after * (new - x), after
    return x.squeeze(-1)
