"""Parts of models as users of PyTorch write them, of given tensors only: language, sound, optimisation.

None of them is in an earlier file; thirteenth.py gives them their inputs, daily_code_more.py and daily_code_rest.py
have the other fields.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- language models


def reversible_block(x: Tensor, attend: Tensor, widen: Tensor, narrow: Tensor) -> Tensor:
    """Reformer's residual: each half of the channels is moved by a function of the other."""
    a, b = x.chunk(2, -1)
    seen = F.layer_norm(b, b.shape[-1:])
    q, k, v = (seen @ w for w in attend)
    a = a + F.scaled_dot_product_attention(q, k, v)
    b = b + F.gelu(F.layer_norm(a, a.shape[-1:]) @ widen) @ narrow
    return torch.cat([a, b], -1)


def anchored_window_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Longformer: tokens see three on either side, the first two see all and are seen by all."""
    at = torch.arange(q.shape[-2], device=q.device)
    seen = ((at[:, None] - at).abs() <= 3) | (at < 2) | (at[:, None] < 2)
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    return scores.masked_fill(~seen, float("-inf")).softmax(-1) @ v


def functional_positions(q: Tensor, k: Tensor, v: Tensor, widen: Tensor, narrow: Tensor, scale: Tensor) -> Tensor:
    """FIRE: a small network turns a distance, as a share of how far a query can look, into a bias for each head."""
    at = torch.arange(q.shape[-2], dtype=q.dtype, device=q.device)
    c = F.softplus(scale)
    share = torch.log1p(c * (at[:, None] - at).clamp_min(0)) / torch.log1p(c * at.clamp_min(4))[:, None]
    bias = (torch.relu(share[..., None] * widen) @ narrow).movedim(-1, 0)
    scores = q @ k.mT / math.sqrt(q.shape[-1]) + bias
    return scores.masked_fill(at[:, None] < at, float("-inf")).softmax(-1) @ v


def reflected_path_attention(q: Tensor, k: Tensor, v: Tensor, w: Tensor, rate: Tensor) -> Tensor:
    """PaTH: a key is turned by a Householder-like map of every token between it and the query."""
    w, rate, past, out = F.normalize(w, dim=-1), 2 * torch.sigmoid(rate), k[:, :0], []
    for t in range(q.shape[1]):
        along = past @ w[:, t, :, None]
        past = torch.cat([past - rate[:, t, None, None] * along * w[:, t, None], k[:, t : t + 1]], 1)
        p = torch.softmax(past @ q[:, t, :, None] / math.sqrt(q.shape[-1]), 1)
        out.append((p * v[:, : t + 1]).sum(1))
    return torch.stack(out, 1)


def tree_level_attention(q: Tensor, k: Tensor, v: Tensor, weight: Tensor) -> Tensor:
    """Log-linear attention: linear, but keys count by the level at which a binary tree joins them with the query."""
    at = torch.arange(q.shape[-2], device=q.device)
    apart = at[:, None] ^ at
    level = torch.stack([apart >= 2**b for b in range(len(weight) - 1)]).long().sum(0)
    scores = ((F.elu(q) + 1) @ (F.elu(k) + 1).mT * F.softplus(weight)[level]).tril()
    return scores @ v / (scores.sum(-1, keepdim=True) + 0.1)


def turing_address(memory: Tensor, key: Tensor, last: Tensor, sharp: Tensor, gate: Tensor, shift: Tensor) -> Tensor:
    """A neural Turing machine's read: where by content, blended with the last place, shifted and sharpened."""
    near = (F.softplus(sharp) * F.cosine_similarity(memory, key[:, None], dim=-1)).softmax(-1)
    share = torch.sigmoid(gate)
    w = share * near + (1 - share) * last.softmax(-1)
    move = shift.softmax(-1)
    w = (move[:, :1] * w.roll(-1, -1) + move[:, 1:2] * w + move[:, 2:] * w.roll(1, -1)).pow(1.5)
    return (w[:, None] @ memory).squeeze(1) / w.sum(-1, keepdim=True)


def multiplicative_cell(x: Tensor, wi: Tensor, wh: Tensor, mi: Tensor, mh: Tensor) -> Tensor:
    """A multiplicative LSTM: the state reaches the gates times a function of the input."""
    h = c = torch.zeros_like(x[:, 0] @ wi[:, : len(mh)])
    for now in x.unbind(1):
        between = (now @ mi) * (h @ mh)
        i, f, o, g = (now @ wi + between @ wh).chunk(4, -1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
    return h


def independent_recurrence(x: Tensor, weight: Tensor, own: Tensor) -> Tensor:
    """IndRNN: each unit remembers itself only, two layers deep."""
    for w, u in zip(weight, own, strict=True):
        h, out = torch.zeros_like(x[:, 0]), []
        for now in (x @ w).unbind(1):
            h = torch.relu(now + u * h)
            out.append(h)
        x = torch.stack(out, 1)
    return x


def antisymmetric_recurrence(x: Tensor, weight: Tensor, into: Tensor) -> Tensor:
    """A recurrent net that neither explodes nor fades: small steps by an antisymmetric matrix, a little damped."""
    h, turn = torch.zeros_like(x[:, 0] @ into), weight - weight.mT
    for now in (x @ into).unbind(1):
        h = h + 0.25 * torch.tanh(h @ turn - 0.125 * h + now)
    return h


def polynomial_memory(x: Tensor) -> Tensor:
    """HiPPO: five scaled Legendre coefficients of all that has been seen, updated sample by sample from the eighth."""
    n = torch.arange(5, dtype=x.dtype, device=x.device)
    root = torch.sqrt(2 * n + 1)
    a = (root[:, None] * root).tril(-1) + torch.diag(n + 1)
    c = F.pad(x[:, :8].mean(1, keepdim=True), (0, 4))
    for k in range(8, x.shape[1]):
        c = c + (x[:, k, None] * root - c @ a.mT) / k
    return c


def light_recurrence(x: Tensor, weight: Tensor, own: Tensor) -> Tensor:
    """SRU: products of all inputs first, gates that see the cell element by element, and a way around."""
    c, out = torch.zeros_like(x[:, 0]), []
    for now, (z, f, r) in zip(x.unbind(1), [t.chunk(3, -1) for t in (x @ weight).unbind(1)], strict=True):
        keep, read = torch.sigmoid(f + own[0] * c), torch.sigmoid(r + own[1] * c)
        c = keep * c + (1 - keep) * z
        out.append(read * c + (1 - read) * now)
    return torch.stack(out, 1)


def character_words(x: Tensor, narrow: Tensor, wide: Tensor, blend: Tensor) -> Tensor:
    """Words from their characters: convolutions of two widths, the largest over the word, the layers blended by a gate.

    As in ELMo's first layer.
    """
    y = torch.cat([torch.tanh(F.conv1d(x, w)).amax(-1) for w in (narrow, wide)], -1)
    move, gate = (y @ blend).chunk(2, -1)
    return torch.sigmoid(gate) * torch.tanh(move) + (1 - torch.sigmoid(gate)) * y


def two_way_attention(context: Tensor, query: Tensor, weight: Tensor) -> Tensor:
    """BiDAF: what of the question fits each word of a text, and what of the text fits any of the question."""
    a, b, c = weight.chunk(3)
    s = (context @ a)[..., None] + (query @ b)[:, None] + (context * c) @ query.mT
    asked = s.softmax(-1) @ query
    told = s.amax(-1).softmax(-1)[:, None] @ context
    return torch.cat([asked, context * asked, context * told], -1)


def inside_scores(leaf: Tensor, rule: Tensor) -> Tensor:
    """A probabilistic grammar: log-sums over all trees of a sentence for each symbol at its root."""
    n, grammar = leaf.shape[1], rule.flatten(1).log_softmax(-1).view_as(rule)
    chart = {(i, i): leaf[:, i].log_softmax(-1) for i in range(n)}
    for wide in range(1, n):
        for i in range(n - wide):
            j = i + wide
            split = [chart[i, k][:, :, None] + chart[k + 1, j][:, None] for k in range(i, j)]
            both = torch.logsumexp(torch.stack(split), 0)
            chart[i, j] = torch.logsumexp((grammar + both[:, None]).flatten(2), -1)
    return chart[0, n - 1]


def clipped_weight_loss(new: Tensor, old: Tensor, advantage: Tensor) -> Tensor:
    """CISPO: log-probabilities times advantages, by ratios that are capped and let no slope through."""
    ratio = torch.exp(new - old).clamp(0.5, 1.5).detach()
    return -(ratio * advantage[:, None] * new).mean(-1)


def adapter_mixture(x: Tensor, weight: Tensor, down: Tensor, up: Tensor, router: Tensor) -> Tensor:
    """A frozen layer and low-rank adapters, each counting by a softmax of its token."""
    gate = (x @ router).softmax(-1)
    change = torch.einsum("ne,nei,eio->no", gate, torch.einsum("nd,edi->nei", x, down), up)
    return x @ weight + 2 * change


def associative_retrieval(x: Tensor, stored: Tensor) -> Tensor:
    """A modern Hopfield network: three rounds towards stored patterns, all of length one."""
    stored = F.normalize(stored, dim=-1)
    for _ in range(3):
        x = torch.softmax(4 * F.normalize(x, dim=-1) @ stored.mT, -1) @ stored
    return x


def poly_encoder_scores(context: Tensor, code: Tensor, candidate: Tensor) -> Tensor:
    """Candidates scored by what they find among a few views of a dialogue."""
    view = torch.softmax(code @ context.mT, -1) @ context
    told = torch.softmax(candidate @ view.mT, -1) @ view
    return (told * candidate).sum(-1)


def positive_information(count: Tensor) -> Tensor:
    """Pointwise mutual information of words and contexts, contexts smoothed by a power, nothing below zero."""
    total = count.sum()
    row = count.sum(-1, keepdim=True) / total
    column = count.sum(-2, keepdim=True).pow(0.75)
    return torch.relu(torch.log(count / total + 1e-3) - torch.log(row * column / column.sum() + 1e-3))


def discounted_bigrams(count: Tensor) -> Tensor:
    """Kneser and Ney: bigrams less a discount, which goes to words by how many others they follow."""
    seen, total = (count > 0).to(count.dtype), count.sum(-1, keepdim=True) + 1
    follows = (seen.sum(-2) + 0.5) / (seen.sum() + 0.5 * count.shape[-1])
    return torch.relu(count - 0.75) / total + (0.75 * seen.sum(-1, keepdim=True) + 1) / total * follows


def gumbel_choice(logits: Tensor, uniform: Tensor, value: Tensor) -> Tensor:
    """A soft draw of one of several vectors, with given noise."""
    noise = -torch.log(-torch.log(uniform))
    return torch.softmax((logits + noise) / 0.75, -1) @ value


def hard_concrete_gate(x: Tensor, strength: Tensor, uniform: Tensor) -> tuple[Tensor, Tensor]:
    """L0 regularisation: inputs times stretched and clipped soft draws, and how likely each gate is open."""
    s = torch.sigmoid((torch.log(uniform) - torch.log1p(-uniform) + strength) / 0.66)
    return x * (1.2 * s - 0.1).clamp(0, 1), torch.sigmoid(strength - 0.66 * math.log(0.1 / 1.1))


def pondered_output(x: Tensor, stop: Tensor) -> tuple[Tensor, Tensor]:
    """PonderNet: what is said after each step, by how likely it was the last; and how far from a geometric wait."""
    halt = torch.sigmoid(stop)
    left = F.pad(torch.cumprod(1 - halt[:-1], 0), (0, 0, 1, 0), value=1.0)
    p = torch.cat([halt[:-1] * left[:-1], left[-1:]])
    wait = torch.arange(len(p), dtype=p.dtype, device=p.device)[:, None] * math.log(0.75) + math.log(0.25)
    return (p[..., None] * x).sum(0), (p * (torch.log(p + 1e-3) - wait)).sum(0)


def equilibrium_layer(x: Tensor, weight: Tensor) -> Tensor:
    """A deep equilibrium model's state after eight damped rounds."""
    z = torch.zeros_like(x)
    for _ in range(8):
        z = 0.5 * z + 0.5 * torch.tanh(z @ weight + x)
    return z


def prefix_tuned_attention(q: Tensor, k: Tensor, v: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Causal attention in which all tokens also see a few learned keys and values."""
    n, m = q.shape[-2], key.shape[-2]
    k, v = (torch.cat([p.expand(len(q), -1, -1, -1), t], -2) for p, t in ((key, k), (value, v)))
    seen = torch.ones(n, n + m, dtype=torch.bool, device=q.device).tril(m)
    return F.scaled_dot_product_attention(q, k, v, seen)


# -- speech and audio


def oversampled_drive(x: Tensor, tap: Tensor) -> Tensor:
    """A guitar's distortion at twice the rate: zeros between samples, a filter, a tangent, the filter, every second."""
    wide = torch.stack([2 * x, torch.zeros_like(x)], -1).flatten(-2)[:, None]
    half = tap.shape[-1] // 2
    y = torch.tanh(3 * F.conv1d(F.pad(wide, (half, half)), tap))
    return F.conv1d(F.pad(y, (half, half)), tap, stride=2).squeeze(1)


def chorus(x: Tensor, rate: Tensor) -> Tensor:
    """A voice beside itself, delayed by a slowly swinging number of samples."""
    at = torch.arange(x.shape[-1], dtype=x.dtype, device=x.device)
    place = (at - 6 - 3 * torch.sin(rate[:, None] * at)).clamp_min(0)
    low = place.floor()
    after = (low.long() + 1).clamp_max(x.shape[-1] - 1)
    return 0.5 * x + 0.5 * torch.lerp(x.gather(-1, low.long()), x.gather(-1, after), place - low)


def phaser(x: Tensor, rate: Tensor) -> Tensor:
    """Four all-pass filters of first order that a slow wave tunes, added to the sound."""
    past, out = [torch.zeros_like(x[:, 0]) for _ in range(4)], []
    for t, now in enumerate(x.unbind(1)):
        a, y = 0.5 + 0.375 * torch.sin(rate * t), now
        for i in range(4):
            mid = past[i] - a * y
            past[i] = y + a * mid
            y = mid
        out.append(0.5 * (now + y))
    return torch.stack(out, 1)


def onset_strength(power: Tensor) -> Tensor:
    """How much louder bands have become, frame by frame, less what is usual around."""
    rise = torch.relu(torch.diff(torch.log1p(8 * power), dim=-1)).mean(-2)
    return torch.relu(rise - 0.75 * F.avg_pool1d(rise[:, None], 5, 1, 2, count_include_pad=False).squeeze(1))


def natural_gradient_unmixing(x: Tensor, mix: Tensor) -> Tensor:
    """Independent components: four natural steps of an unmixing matrix for loud-tailed sources."""
    eye = torch.eye(x.shape[-2], dtype=x.dtype, device=x.device)
    w, x = eye.expand_as(mix), mix @ x
    for _ in range(4):
        y = w @ x
        w = w + 0.25 * (eye - torch.tanh(y) @ y.mT / x.shape[-1]) @ w
    return w @ x


def delayed_prediction(x: Tensor) -> Tensor:
    """WPE of real bands: what three frames some time ago foretell is echo, weighed by how quiet a frame is."""
    weight = 1 / (F.avg_pool1d(x.square()[:, None], 3, 1, 1).squeeze(1) + 0.1)
    past = torch.stack([F.pad(x, (d, 0))[..., : x.shape[-1]] for d in (2, 3, 4)], -2)
    left = (past * weight[:, None]) @ past.mT + 0.25 * torch.eye(3, dtype=x.dtype, device=x.device)
    tap = torch.linalg.solve(left, (past * weight[:, None]) @ x[..., None])
    return x - (tap.mT @ past).squeeze(-2)


def ambisonic_panning(x: Tensor, azimuth: Tensor, height: Tensor) -> Tensor:
    """Sources encoded into four channels by their directions, and decoded to a ring of six loudspeakers."""
    c = height.cos()
    way = torch.stack([torch.full_like(c, math.sqrt(0.5)), azimuth.cos() * c, azimuth.sin() * c, height.sin()], -1)
    field = way.mT @ x
    angle = math.pi / 3 * torch.arange(6, dtype=x.dtype, device=x.device)
    decode = torch.stack([torch.full_like(angle, math.sqrt(2)), 2 * angle.cos(), 2 * angle.sin()], -1) / 6
    return decode @ field[..., :3, :]


def diagonal_guidance_loss(score: Tensor) -> Tensor:
    """Guided attention: how much of each frame's alignment is far from the diagonal."""
    t, n = (torch.arange(s, dtype=score.dtype, device=score.device) / s for s in score.shape[-2:])
    off = 1 - torch.exp(-(t[:, None] - n).square() / 0.125)
    return (score.softmax(-1) * off).sum(-1)


def vocal_tract_tubes(x: Tensor, area: Tensor) -> Tensor:
    """Kelly and Lochbaum: waves up and down a row of tubes, scattered where their areas differ."""
    bounce = (area[:, :-1] - area[:, 1:]) / (area[:, :-1] + area[:, 1:])
    up, down, out = torch.zeros_like(area), torch.zeros_like(area), []
    for t in range(x.shape[1]):
        forth = (1 + bounce) * up[:, :-1] - bounce * down[:, 1:]
        back = bounce * up[:, :-1] + (1 - bounce) * down[:, 1:]
        up, down = (
            torch.cat([x[:, t, None] + 0.75 * down[:, :1], forth], -1),
            torch.cat([back, -0.75 * up[:, -1:]], -1),
        )
        if t >= area.shape[-1]:
            out.append(up[:, -1])
    return torch.stack(out, -1)


def subharmonic_salience(power: Tensor) -> Tensor:
    """How much each bin is a pitch: fading sums over its multiples."""
    bins = torch.arange(1, power.shape[-1] // 4, device=power.device)
    return torch.stack([0.75**h * torch.sqrt(power[..., h * bins]) for h in (1, 2, 3, 4)]).sum(0)


def weighted_loudness(power: Tensor, frequency: Tensor) -> Tensor:
    """A-weighted decibels of spectra, frequencies in kilohertz."""
    f2 = frequency.square()
    curve = 148.7 * f2.square() / ((f2 + 0.000424) * torch.sqrt((f2 + 0.0116) * (f2 + 0.5445)) * (f2 + 148.7))
    return 10 * torch.log10((curve.square() * power).sum(-1) + 1e-2)


# -- optimisation


def running_ratio_step(p: Tensor, g: Tensor, s: Tensor, d: Tensor) -> Tensor:
    """Adadelta: steps as large as earlier ones were for slopes as large as earlier ones."""
    s = 0.9 * s + 0.1 * g.square()
    step = torch.sqrt(d + 1e-3) / torch.sqrt(s + 1e-3) * g
    return torch.stack([p - step, 0.9 * d + 0.1 * step.square()])


def foreseeing_adam_step(p: Tensor, g: Tensor, m: Tensor, s: Tensor) -> Tensor:
    """NAdam at its fourth step: Adam that looks a step of its momentum ahead."""
    m, s = 0.9 * m + 0.1 * g, 0.99 * s + 0.01 * g.square()
    ahead = 0.9 * m / (1 - 0.9**5) + 0.1 * g / (1 - 0.9**4)
    return p - 0.05 * ahead / (torch.sqrt(s / (1 - 0.99**4)) + 1e-3)


def leader_following_weights(g: Tensor, p: Tensor) -> Tensor:
    """FTRL: sparse weights in closed form from running sums of slopes and of their squares, slope by slope."""
    z, n = torch.zeros_like(p), torch.full_like(p, 0.25)
    for now in g.unbind(1):
        grown = n + now.square()
        z, n = z + now - 4 * (torch.sqrt(grown) - torch.sqrt(n)) * p, grown
        p = -F.softshrink(z, 0.25) / (4 * torch.sqrt(n) + 1)
    return p


def coordinate_rounds(a: Tensor, b: Tensor) -> Tensor:
    """The lasso by coordinates: two rounds in which each weight takes its shrunk optimum."""
    x, left, size = torch.zeros_like(a[:, 0]), b, a.square().sum(1) + 0.1
    for i in [*range(a.shape[-1])] * 2:
        want = (a[..., i] * left).sum(-1) + size[:, i] * x[:, i]
        new = F.softshrink(want, 0.5) / size[:, i]
        left = left - a[..., i] * (new - x[:, i])[:, None]
        x = torch.cat([x[:, :i], new[:, None], x[:, i + 1 :]], -1)
    return x


def chebyshev_rounds(a: Tensor, b: Tensor) -> Tensor:
    """Chebyshev's semi-iteration: six rounds towards a linear system whose spectrum lies in [0.5, 2.5]."""
    middle, half = 1.5, 1.0
    x, step = torch.zeros_like(b), torch.zeros_like(b)
    alpha, beta = 1 / middle, 0.0
    for i in range(6):
        left = b - (a @ x[..., None]).squeeze(-1)
        step = left + beta * step
        x = x + alpha * step
        beta = (half * alpha) ** 2 * (0.5 if i == 0 else 0.25)
        alpha = 1 / (middle - beta / alpha)
    return x


def augmented_rounds(goal: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """An augmented Lagrangian: the point nearest to a goal on a plane, by four rounds of multipliers."""
    price = torch.zeros_like(b)
    eye = torch.eye(goal.shape[-1], dtype=goal.dtype, device=goal.device)
    for _ in range(4):
        right = goal + (a.mT @ (2 * b - price)[..., None]).squeeze(-1)
        x = torch.linalg.solve(eye + 2 * a.mT @ a, right)
        price = price + 2 * ((a @ x[..., None]).squeeze(-1) - b)
    return torch.cat([x, price], -1)


def extragradient_rounds(a: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """A saddle point of a bilinear game: six steps, each by slopes half a step ahead."""

    def slopes(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        return (a @ y[..., None]).squeeze(-1) + 0.125 * x, (a.mT @ x[..., None]).squeeze(-1) - 0.125 * y

    for _ in range(6):
        u, w = slopes(x, y)
        u, w = slopes(x - 0.25 * u, y + 0.25 * w)
        x, y = x - 0.25 * u, y + 0.25 * w
    return torch.cat([x, y], -1)


def krylov_projection(a: Tensor, b: Tensor) -> Tensor:
    """Arnoldi: a matrix seen in the first three directions that it makes of a vector."""
    basis = [F.normalize(b, dim=-1)]
    for _ in range(2):
        w = (a @ basis[-1][..., None]).squeeze(-1)
        for q in basis:
            w = w - (w * q).sum(-1, keepdim=True) * q
        basis.append(w / torch.sqrt(w.square().sum(-1, keepdim=True) + 1e-2))
    q = torch.stack(basis, -1)
    return q.mT @ a @ q


def barrier_step(x: Tensor, cost: Tensor) -> Tensor:
    """An interior point method in a box: three damped Newton's steps of a cost and two logarithmic walls."""
    for _ in range(3):
        slope = cost - 0.5 / (x + 1) + 0.5 / (1 - x)
        bend = 0.5 / (x + 1).square() + 0.5 / (1 - x).square()
        step = slope / bend
        x = x - step / (1 + torch.sqrt(slope * step * 2 + 1e-3))
    return x
