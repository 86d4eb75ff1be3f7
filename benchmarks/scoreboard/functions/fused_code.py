"""Parts of models as users of PyTorch write them, of given tensors only: epilogues, towers, state spaces, graphs.

None of them is in an earlier file; fourteenth.py gives them their inputs, signal_code.py, nature_code.py and
risk_code.py have the other fields.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- products and what is fused behind them


def bias_gelu_residual(x: Tensor, weight: Tensor, bias: Tensor, skip: Tensor, scale: Tensor) -> Tensor:
    """A product, its bias, a GELU, a scale of each layer's channels and the way around it."""
    return skip + scale * F.gelu(F.linear(x, weight, bias), approximate="tanh")


def rescaled_product(x: Tensor, weight: Tensor, row: Tensor, column: Tensor, bias: Tensor) -> Tensor:
    """A product of scaled numbers: each row's and each column's scale put back, a bias, cut off at six."""
    return F.relu6((x @ weight) * row[:, None] * column + bias)


def clamped_gate_epilogue(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """gpt-oss: even columns gate odd ones, both clamped, one added to what is gated."""
    y = F.linear(x, weight, bias)
    gate, up = y[..., ::2].clamp(max=7.0), y[..., 1::2].clamp(-7.0, 7.0)
    return (up + 1) * gate * torch.sigmoid(1.702 * gate)


def residual_norm_scaled(x: Tensor, skip: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """A sum with the residual, its norm, and each row's largest number divided out, as before a narrow product."""
    h = x + skip
    y = h * torch.rsqrt(h.square().mean(-1, keepdim=True) + 1e-5) * weight
    return h, y / y.abs().amax(-1, keepdim=True).clamp_min(1e-3)


def folded_normalisation(x: Tensor, kernel: Tensor, mean: Tensor, spread: Tensor, gain: Tensor, bias: Tensor) -> Tensor:
    """A batch norm folded into the convolution before it, then leaky."""
    by = gain * torch.rsqrt(spread + 1e-3)
    return F.leaky_relu(F.conv2d(x, kernel * by[:, None, None, None], bias - mean * by, padding=1), 0.1)


def partial_products(x: Tensor, weight: Tensor) -> Tensor:
    """A long product in four parts along what is summed, every fourth number in each, added up at the end."""
    parts = [x[:, i::4] @ weight[i::4] for i in range(4)]
    return torch.stack(parts).sum(0)


def packed_document_attention(q: Tensor, k: Tensor, v: Tensor, document: Tensor) -> Tensor:
    """Causal attention over several documents packed in one row: none sees another."""
    same = document[:, None, :, None] == document[:, None, None, :]
    seen = same & torch.ones_like(same).tril()
    return F.scaled_dot_product_attention(q, k, v, attn_mask=seen)


def chunked_vocabulary_loss(x: Tensor, weight: Tensor, label: Tensor) -> Tensor:
    """A language model's loss without all its logits at once: a log-sum over three chunks of words."""
    total = torch.full_like(x[:, 0], -1e4)
    for part in weight.chunk(3):
        total = torch.logaddexp(total, torch.logsumexp(x @ part.mT, -1))
    return total - (x * weight[label]).sum(-1)


def channels_last_block(x: Tensor, depth: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """A depthwise filter, then channels moved to the end for a norm and a product, and back."""
    y = F.conv2d(x, depth, padding=2, groups=x.shape[1]).permute(0, 2, 3, 1)
    y = F.silu(F.linear(F.layer_norm(y, y.shape[-1:]), weight, bias))
    return x + y.permute(0, 3, 1, 2)


def grouped_rows_product(x: Tensor, weight: Tensor) -> Tensor:
    """Rows sorted by expert, in groups of 1, 7 and the rest, each times a matrix of its own."""
    rows = x.split([1, 7, len(x) - 8])
    return torch.cat([F.gelu(r @ w) for r, w in zip(rows, weight, strict=True)])


def rotated_half_attention(q: Tensor, k: Tensor, v: Tensor, gain: Tensor) -> Tensor:
    """Queries and keys normalised, the first half of their channels turned by position, then causal attention."""
    half = q.shape[-1] // 4
    at = torch.arange(q.shape[-2], dtype=q.dtype, device=q.device)
    rate = 100.0 ** (-torch.arange(half, dtype=q.dtype, device=q.device) / half)
    c, s = (at[:, None] * rate).cos(), (at[:, None] * rate).sin()

    def turned(t: Tensor) -> Tensor:
        t = F.rms_norm(t, t.shape[-1:], gain, 1e-6)
        a, b, rest = t[..., :half], t[..., half : 2 * half], t[..., 2 * half :]
        return torch.cat([a * c - b * s, b * c + a * s, rest], -1)

    return F.scaled_dot_product_attention(turned(q), turned(k), v, is_causal=True)


def narrow_and_widen(x: Tensor, down: Tensor, up: Tensor, alpha: Tensor) -> Tensor:
    """A product through a small rank whose parts are kept to be reused, each with a gate around zero."""
    code = F.rms_norm(x @ down, down.shape[-1:], eps=1e-6)
    return x + torch.tanh(alpha) * (code @ up)


# -- recommenders' towers


def corrected_batch_softmax(user: Tensor, item: Tensor, chance: Tensor) -> Tensor:
    """Two towers: each user's item against the batch's, whose chance to be in it is taken off."""
    logits = 8 * F.normalize(user, dim=-1) @ F.normalize(item, dim=-1).mT - torch.log(chance)
    return torch.logsumexp(logits, -1) - logits.diagonal()


def time_bucket_pooling(history: Tensor, item: Tensor, table: Tensor, bucket: Tensor) -> Tensor:
    """A history summed by how it fits an item, with a bias for how long ago each visit was."""
    score = (history @ item[:, :, None]).squeeze(-1) / math.sqrt(item.shape[-1]) + table[bucket].squeeze(-1)
    return (torch.sigmoid(score)[:, None] @ history).squeeze(1)


def watch_time_loss(logit: Tensor, seconds: Tensor) -> Tensor:
    """Logistic regression of clicks weighed by how long was watched, whose odds foretell that time."""
    seen = (seconds > 0).to(logit.dtype)
    return torch.log1p(seconds) * seen * F.softplus(-logit) + F.softplus(logit)


def position_debiased_clicks(score: Tensor, bias: Tensor, click: Tensor) -> Tensor:
    """Clicks as an item seen times an item liked, both of logistic chance."""
    log = F.logsigmoid(score) + F.logsigmoid(bias)
    none = torch.log1p(-torch.exp(log).clamp(max=0.99))
    return -torch.where(click > 0, log, none)


def twice_hashed_bag(index: Tensor, first: Tensor, second: Tensor, weight: Tensor) -> Tensor:
    """Two small tables for a large vocabulary: a quotient's row times a remainder's, summed with weights."""
    high, low = index // len(second), index % len(second)
    return (weight[..., None] * F.embedding(high, first) * F.embedding(low, second)).sum(-2)


def joint_ranking_calibration(score: Tensor, click: Tensor) -> Tensor:
    """Two logits an item: their softmax says how likely a click is, each one's softmax over items which it was."""
    own = -(score.log_softmax(-1)[..., 0] * (1 - click) + score.log_softmax(-1)[..., 1] * click)
    over = score.log_softmax(1)
    return 0.5 * own - 0.5 * (over[..., 1] * click).sum(1, keepdim=True) / click.sum(1, keepdim=True).clamp_min(1)


def filtered_history(x: Tensor, real: Tensor, imag: Tensor) -> Tensor:
    """FMLP: a history filtered by learned factors of its frequencies, around it a residual and a norm."""
    y = torch.fft.irfft(torch.fft.rfft(x, dim=1) * torch.complex(real, imag), n=x.shape[1], dim=1)
    return F.layer_norm(x + y, x.shape[-1:])


def mixed_task_towers(x: Tensor, expert: Tensor, gate: Tensor, head: Tensor) -> Tensor:
    """MMoE: shared experts, a gate and a head for each task, and the chance that both tasks succeed."""
    seen = torch.relu(torch.einsum("nd,edh->neh", x, expert))
    share = torch.einsum("nd,tde->nte", x, gate).softmax(-1)
    p = torch.sigmoid(torch.einsum("nte,neh,th->nt", share, seen, head))
    return torch.cat([p, p.prod(-1, keepdim=True)], -1)


# -- state spaces


def held_diagonal_scan(x: Tensor, rate: Tensor, into: Tensor, out: Tensor, step: Tensor) -> Tensor:
    """A diagonal system held between samples, with a step of its own for each channel, run over a sequence."""
    move = F.softplus(step)[:, None] * -torch.exp(rate)
    keep, drive = torch.exp(move), torch.expm1(move) / -torch.exp(rate) * into
    h, seen = torch.zeros_like(x[:, 0, :, None] * keep), []
    for now in x.unbind(1):
        h = keep * h + drive * now[..., None]
        seen.append((h * out).sum(-1))
    return torch.stack(seen, 1)


def bilinear_impulse_response(a: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """A dense system by Tustin's rule, and the first nine samples of its response."""
    eye = torch.eye(a.shape[-1], dtype=a.dtype, device=a.device)
    step = torch.linalg.solve(eye - 0.125 * a, eye + 0.125 * a)
    state, out = torch.linalg.solve(eye - 0.125 * a, 0.25 * b[..., None]), []
    for _ in range(9):
        out.append((c[..., None, :] @ state).squeeze(-1))
        state = step @ state
    return torch.cat(out, -1)


def doubling_scan(a: Tensor, b: Tensor) -> Tensor:
    """h = a h + b over a sequence in log steps, as a machine without loops does it."""
    reach = 1
    while reach < a.shape[1]:
        before_a = F.pad(a, (0, 0, reach, 0), value=1.0)[:, : a.shape[1]]
        before_b = F.pad(b, (0, 0, reach, 0))[:, : b.shape[1]]
        a, b, reach = a * before_a, a * before_b + b, 2 * reach
    return b


def shifted_and_decayed(q: Tensor, k: Tensor, v: Tensor, shift: Tensor, decay: Tensor) -> Tensor:
    """H3: keys through a short filter times values, a long decay of them, times queries."""
    n = k.shape[1]
    short = F.conv1d(F.pad(k.mT, (3, 0)), shift, groups=k.shape[-1])
    at = torch.arange(n, dtype=q.dtype, device=q.device)
    lag = (at[:, None] - at).clamp_min(0)
    far = torch.exp(-F.softplus(decay)[:, None, None] * lag).tril()
    return q * torch.einsum("cts,bcs->btc", far, short * v.mT)


def implicit_filter_mixing(x: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """Hyena: a filter as long as the sequence, made by a sine network of time, by Fourier transforms."""
    t = torch.linspace(0, 1, x.shape[-1], dtype=x.dtype, device=x.device)[:, None]
    h = torch.sin(4 * torch.cat([t, torch.cos(3 * t), torch.sin(3 * t)], -1) @ first) @ second
    h = (h * torch.exp(-3 * t)).mT
    n = 2 * x.shape[-1]
    return torch.fft.irfft(torch.fft.rfft(x, n) * torch.fft.rfft(h, n), n)[..., : x.shape[-1]]


def input_gated_trace(x: Tensor, keep: Tensor, into: Tensor, out: Tensor) -> Tensor:
    """A matrix state that fades by a gate of each row, and is read by another vector, after every step."""
    gate = torch.exp(-F.softplus(keep))
    state, seen = torch.zeros_like(into[:, 0, :, None] * x[:, 0, None]), []
    for t in range(x.shape[1]):
        state = gate[:, t, :, None] * state + into[:, t, :, None] * x[:, t, None]
        seen.append((out[:, t, None] @ state).squeeze(1))
    return torch.stack(seen, 1)


# -- graphs


def gated_edges(x: Tensor, edge: Tensor, source: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """GatedGCN: what neighbours say by gates of their edges, which sum to one at each node."""
    gate = torch.sigmoid(edge + (x @ weight[0])[source] + (x @ weight[1])[target])
    own, zero = x @ weight[2], torch.zeros_like(x @ weight[2])
    said = zero.index_add(0, target, gate * own[source])
    return x + torch.relu(x @ weight[3] + said / (zero.index_add(0, target, gate) + 0.1))


def softmax_per_target(score: Tensor, value: Tensor, target: Tensor, into: Tensor) -> Tensor:
    """Edges' values by a softmax over the edges that end at the same node."""
    top = torch.full_like(into[:, 0], -100.0).scatter_reduce(0, target, score, "amax")
    p = torch.exp(score - top[target])
    total = torch.zeros_like(top).index_add(0, target, p)
    return into + torch.zeros_like(into).index_add(0, target, (p / total[target])[:, None] * value)


def chebyshev_graph_filter(x: Tensor, near: Tensor, weight: Tensor) -> Tensor:
    """Polynomials of Chebyshev of a normalised Laplacian, four of them, each with a matrix."""
    near = 0.5 * (near + near.mT)
    root = torch.rsqrt(near.sum(-1) + 0.1)
    step = -(root[:, None] * near * root)
    one, two = x, step @ x
    out = one @ weight[0] + two @ weight[1]
    for w in weight[2:]:
        one, two = two, 2 * step @ two - one
        out = out + two @ w
    return out


def walk_encoding(near: Tensor) -> Tensor:
    """How likely a walk is back where it began after one to six steps."""
    step = near / near.sum(-1, keepdim=True)
    at, out = step, []
    for _ in range(6):
        out.append(at.diagonal(dim1=-2, dim2=-1))
        at = at @ step
    return torch.stack(out, -1)


def set_to_set_readout(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """A graph's nodes read three times by an LSTM that sees what it read last."""
    q = c = torch.zeros_like(x[:, 0])
    read = q
    for _ in range(3):
        i, f, g, o = F.linear(torch.cat([q, read], -1), weight, bias).chunk(4, -1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        q = torch.sigmoid(o) * torch.tanh(c)
        read = ((x @ q[..., None]).softmax(1) * x).sum(1)
    return torch.cat([q, read], -1)


def time_encoded_memory(memory: Tensor, message: Tensor, since: Tensor, rate: Tensor, weight: Tensor) -> Tensor:
    """TGN: a node's memory after an event, by a GRU of the message and cosines of how long ago the last was."""
    seen = torch.cat([message, torch.cos(since[:, None] * torch.exp(rate)), memory], -1)
    z, r = torch.sigmoid(seen @ weight[0]), torch.sigmoid(seen @ weight[1])
    new = torch.tanh(torch.cat([seen[:, : -memory.shape[-1]], r * memory], -1) @ weight[2])
    return (1 - z) * memory + z * new


# -- samplers of diffusion


def dynamically_thresholded(x: Tensor) -> Tensor:
    """Imagen: a guess of the picture clipped at a quantile of its own, and scaled to one."""
    top = torch.quantile(x.flatten(1).abs(), 0.9, dim=1).clamp_min(1)[:, None, None]
    return x.clamp(-top, top) / top


def predictor_corrector_step(x: Tensor, weight: Tensor, noise: Tensor, again: Tensor) -> Tensor:
    """A reverse step, then one of Langevin's whose size comes of the score's and the noise's lengths."""
    x = x + 0.125 * torch.tanh(x @ weight) + 0.25 * noise
    score = torch.tanh(x @ weight)
    step = 0.0512 * (again.norm(dim=-1) / (score.norm(dim=-1) + 0.1)).square()[:, None]
    return x + step * score + torch.sqrt(2 * step) * again


def mixture_denoiser(x: Tensor, centre: Tensor, weight: Tensor, sigma: Tensor) -> Tensor:
    """The best guess of clean points from noisy ones, where the clean ones are a mixture of narrow normal ones."""
    wide = sigma.square()[:, None] + 0.0625
    log = weight.log_softmax(-1) - 0.5 * torch.cdist(x, centre).square() / wide
    mean = log.softmax(-1) @ centre
    return (0.0625 * x + sigma.square()[:, None] * mean) / wide


def posterior_mean_and_spread(x: Tensor, clean: Tensor, before: Tensor, now: Tensor) -> tuple[Tensor, Tensor]:
    """DDPM's step back: what is between a guess and what is noised, by shares of signal before and now."""
    a = now / before
    spread = (1 - a) * (1 - before) / (1 - now)
    mean = (before.sqrt() * (1 - a) / (1 - now))[:, None] * clean + (a.sqrt() * (1 - before) / (1 - now))[:, None] * x
    return mean, torch.log(spread)


def angular_steps(x: Tensor, weight: Tensor) -> Tensor:
    """Four steps along an arc between noise and picture, of a network that foretells velocity."""
    for i in range(4, 0, -1):
        a, b = math.pi / 8 * i, math.pi / 8 * (i - 1)
        v = torch.tanh(x @ weight)
        clean, noise = math.cos(a) * x - math.sin(a) * v, math.sin(a) * x + math.cos(a) * v
        x = math.cos(b) * clean.clamp(-2, 2) + math.sin(b) * noise
    return x


def category_posterior(now: Tensor, guess: Tensor, once: Tensor, before: Tensor) -> Tensor:
    """D3PM: chances of a category one step back, by transitions of the step and of all steps before it."""
    forth = F.one_hot(now, once.shape[-1]).to(once.dtype) @ once.softmax(-1).mT
    log = torch.log(forth + 1e-3) + torch.log(guess.softmax(-1) @ before.softmax(-1) + 1e-3)
    return log.log_softmax(-1)
