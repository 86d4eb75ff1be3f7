"""Parts of models as users of PyTorch write them, of given tensors only: language, vision, diffusion and speech.

None of them is in an earlier file; eleventh.py gives them their inputs, lab_code_more.py has the other fields.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- language models


def contextual_positions(q: Tensor, k: Tensor, v: Tensor, table: Tensor) -> Tensor:
    """CoPE: a key's position is the sum of gates up to the query, its embedding read between two whole positions."""
    raw = q @ k.mT
    seen = torch.ones(raw.shape[-2:], dtype=torch.bool, device=q.device).tril()
    gate = torch.sigmoid(raw).masked_fill(~seen, 0.0)
    place = gate.flip(-1).cumsum(-1).flip(-1).clamp_max(len(table) - 1)
    low = place.floor()
    at = q @ table.mT
    below = at.gather(-1, low.long())
    above = at.gather(-1, place.ceil().long())
    scores = raw / math.sqrt(q.shape[-1]) + torch.lerp(below, above, place - low)
    return torch.softmax(scores.masked_fill(~seen, float("-inf")), -1) @ v


def log_distance_attention(q: Tensor, k: Tensor, v: Tensor, size: Tensor, rate: Tensor) -> Tensor:
    """KERPLE: causal attention with a penalty that grows with the logarithm of the distance, head by head."""
    at = torch.arange(q.shape[-2], device=q.device)
    apart = (at[:, None] - at).clamp_min(0).to(q.dtype)
    bias = -size[:, None, None] * torch.log1p(rate[:, None, None] * apart)
    bias = bias.masked_fill(at[:, None] < at, float("-inf"))
    return torch.softmax(q @ k.mT / math.sqrt(q.shape[-1]) + bias, -1) @ v


def entmax_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Attention by 1.5-entmax, whose threshold eight of Newton's steps find from below."""
    z = 0.5 * (q @ k.mT) / math.sqrt(q.shape[-1])
    z = z - z.amax(-1, keepdim=True)
    threshold = torch.full_like(z[..., :1], -1.0)
    for _ in range(8):
        over = torch.relu(z - threshold)
        threshold = threshold + (over.square().sum(-1, keepdim=True) - 1) / (2 * over.sum(-1, keepdim=True))
    p = torch.relu(z - threshold).square()
    return p / p.sum(-1, keepdim=True) @ v


def nystrom_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Nyströmformer: softmax attention through means of four tokens, an inverse of theirs by six iterations."""
    few_q, few_k = (t.unflatten(-2, (-1, 4)).mean(-2) for t in (q, k))
    scale = q.shape[-1] ** -0.5
    left, middle, right = (torch.softmax(a @ b.mT * scale, -1) for a, b in ((q, few_k), (few_q, few_k), (few_q, k)))
    eye = torch.eye(middle.shape[-1], dtype=q.dtype, device=q.device)
    inverse = middle.mT / middle.sum(-2, keepdim=True).amax(-1, keepdim=True)
    for _ in range(6):
        both = middle @ inverse
        inverse = 0.25 * inverse @ (13 * eye - both @ (15 * eye - both @ (7 * eye - both)))
    return left @ inverse @ (right @ v)


def cosine_reweighted_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """cosFormer: linear attention of rectified features, near positions favoured by a cosine of their distance."""
    n = q.shape[-2]
    angle = 0.5 * math.pi / n * torch.arange(1, n + 1, dtype=q.dtype, device=q.device)[:, None]
    q, k = (torch.relu(t) + 0.05 for t in (q, k))
    q, k = (torch.cat([t * angle.cos(), t * angle.sin()], -1) for t in (q, k))
    return q @ (k.mT @ v) / (q @ k.sum(-2)[..., None]).clamp_min(1e-3)


def gated_slots(q: Tensor, k: Tensor, v: Tensor, forget: Tensor) -> Tensor:
    """Gated slot attention: a few slots hold keys and values, forgetting at a rate of their own, read by a softmax."""
    b, h, n, d = q.shape
    keys, values = q.new_zeros(b, h, forget.shape[-1], d), v.new_zeros(b, h, forget.shape[-1], d)
    rate, out = torch.sigmoid(forget)[..., None], []
    for t in range(n):
        keys = rate[:, :, t] * keys + (1 - rate[:, :, t]) * k[:, :, t, None]
        values = rate[:, :, t] * values + (1 - rate[:, :, t]) * v[:, :, t, None]
        p = torch.softmax((keys @ q[:, :, t, :, None]).squeeze(-1) * d**-0.5, -1)
        out.append((p[..., None] * values).sum(-2))
    return torch.stack(out, 2)


def damped_averages(x: Tensor, alpha: Tensor, damp: Tensor, spread: Tensor, gather: Tensor) -> Tensor:
    """Mega's moving average: each channel spread over a few damped averages and gathered again."""
    keep = 1 - alpha * damp
    state, out = torch.zeros_like(x[:, 0, :, None] * alpha), []
    for t in range(x.shape[1]):
        state = keep * state + alpha * spread * x[:, t, :, None]
        out.append((gather * state).sum(-1))
    return F.silu(torch.stack(out, 1))


def complex_recurrence(x: Tensor, size: Tensor, angle: Tensor, read: Tensor) -> Tensor:
    """A linear recurrent unit: diagonal, complex, of modulus exp(-exp(size)), its input scaled to keep variance."""
    modulus = torch.exp(-torch.exp(size))
    step = torch.polar(modulus, angle)
    drive = x * torch.sqrt(1 - modulus.square())
    state, out = torch.zeros_like(step * x[:, 0]), []
    for t in range(x.shape[1]):
        state = step * state + drive[:, t]
        out.append(torch.view_as_real(state).flatten(-2) @ read)
    return torch.stack(out, 1)


def clustered_softmax(x: Tensor, head: Tensor, down: Tensor, up: Tensor) -> Tensor:
    """Adaptive softmax: log-probabilities of frequent words and of two clusters, whose words share a small space."""
    first = F.log_softmax(x @ head, -1)
    tails = [
        first[:, -2 + i, None] + F.log_softmax(x @ small @ large, -1)
        for i, (small, large) in enumerate(zip(down, up, strict=True))
    ]
    return torch.cat([first[:, :-2], *tails], -1)


def mixture_of_softmaxes(x: Tensor, prior: Tensor, latent: Tensor, head: Tensor) -> Tensor:
    """Log-probabilities of a mixture of three softmaxes over one vocabulary."""
    inner = torch.tanh(x @ latent).unflatten(-1, (3, -1))
    each = F.log_softmax(inner @ head, -1)
    return torch.logsumexp(F.log_softmax(x @ prior, -1)[..., None] + each, 1)


def pointer_generator(vocabulary: Tensor, attention: Tensor, gate: Tensor, source: Tensor) -> Tensor:
    """Words generated, or copied from where a source's attention points: the mixture's probabilities."""
    p = torch.sigmoid(gate)
    made = p * vocabulary.softmax(-1)
    return made.scatter_add(1, source, (1 - p) * attention.softmax(-1))


def margin_preference_loss(chosen: Tensor, rejected: Tensor, kept: Tensor) -> Tensor:
    """SimPO: mean log-probabilities of answers of any length, a margin between them and no reference."""
    good, bad = ((t * kept).sum(-1) / kept.sum(-1) for t in (chosen, rejected))
    return -F.logsigmoid(2.5 * (good - bad) - 0.6)


def disentangled_attention(q: Tensor, k: Tensor, v: Tensor, place_q: Tensor, place_k: Tensor) -> Tensor:
    """DeBERTa: content to content, content to position and position to content, positions relative and clipped."""
    n, span = q.shape[-2], place_q.shape[-2] // 2
    at = torch.arange(n, device=q.device)
    where = (at[:, None] - at + span).clamp(0, 2 * span - 1).expand(*q.shape[:-2], n, n)
    forth = (q @ place_k.mT).gather(-1, where)
    back = (k @ place_q.mT).gather(-1, where).mT
    return torch.softmax((q @ k.mT + forth + back) / math.sqrt(3 * q.shape[-1]), -1) @ v


def factored_product_attention(x: Tensor, head: Tensor, inner: Tensor) -> Tensor:
    """Tensor product attention: queries, keys and values as sums of two outer products made from each token."""
    a, b = (x @ head).unflatten(-1, (3, 2, -1)), (x @ inner).unflatten(-1, (3, 2, -1))
    q, k, v = (torch.einsum("ntcrh,ntcrd->cnhtd", a, b) / 2).unbind(0)
    return F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2)


def attention_free(q: Tensor, k: Tensor, v: Tensor, bias: Tensor) -> Tensor:
    """AFT: values weighed channel by channel by exponentials of keys and of pairwise biases, gated by the query."""
    big_k, big_b = k.amax(-2, keepdim=True), bias.amax(-1, keepdim=True)
    key, pair = torch.exp(k - big_k), torch.exp(bias - big_b)
    return torch.sigmoid(q) * (pair @ (key * v)) / (pair @ key)


def latent_resampler(latent: Tensor, x: Tensor, query: Tensor, both: Tensor) -> Tensor:
    """Flamingo's resampler: learned latents look at a picture's tokens and at themselves."""
    latent = latent.expand(len(x), -1, -1)
    own, seen = F.layer_norm(latent, latent.shape[-1:]), F.layer_norm(x, x.shape[-1:])
    k, v = (torch.cat([seen, own], 1) @ both).chunk(2, -1)
    q, k, v = (t.unflatten(-1, (2, -1)).transpose(1, 2) for t in (own @ query, k, v))
    return latent + F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)


def spectral_adapter(x: Tensor, weight: Tensor, coefficient: Tensor, place: Tensor) -> Tensor:
    """FourierFT: a weight's change as the inverse transform of a few learned coefficients."""
    spectrum = torch.zeros(weight.numel(), dtype=x.dtype, device=x.device).index_put((place,), coefficient)
    return F.linear(x, weight + 4 * torch.fft.ifft2(spectrum.view_as(weight), norm="ortho").real)


def product_quantised_scores(q: Tensor, book: Tensor, code: Tensor) -> Tensor:
    """Vector search by tables: each query's distances to all codes, added up by what items are made of."""
    part = q.unflatten(-1, (len(book), -1))
    table = (part[:, :, None] - book).square().sum(-1)
    return table.gather(2, code.T.expand(len(q), -1, -1)).sum(1)


def generalised_delta(q: Tensor, k: Tensor, v: Tensor, decay: Tensor, rate: Tensor) -> Tensor:
    """RWKV-7: a memory that decays by channel, and is rewritten along a key at a rate for each channel."""
    k, w, a = F.normalize(k, dim=-1), torch.exp(-0.6 * torch.sigmoid(decay)), torch.sigmoid(rate)
    state, out = q.new_zeros(*q.shape[:2], q.shape[-1], q.shape[-1]), []
    for t in range(q.shape[2]):
        key = k[:, :, t, None]
        removed = (state @ key.mT) @ (a[:, :, t, None] * key)
        state = state * w[:, :, t, None] - removed + v[:, :, t, :, None] @ (a[:, :, t, None] * key)
        out.append((state @ q[:, :, t, :, None]).squeeze(-1))
    return torch.stack(out, 2)


def nearest_memory_mix(logits: Tensor, query: Tensor, key: Tensor, token: Tensor) -> Tensor:
    """kNN-LM: log-probabilities of a model, a quarter of them from what followed similar contexts."""
    d = (query[:, None] - key).square().mean(-1)
    found = torch.zeros_like(logits).index_add(1, token, torch.softmax(-d, -1))
    return torch.log(0.75 * logits.softmax(-1) + 0.25 * found)


def cosine_order_loss(x: Tensor, y: Tensor, score: Tensor) -> Tensor:
    """CoSENT: each pair of sentences against all pairs that should be more alike."""
    cosine = 5 * F.cosine_similarity(x, y, dim=-1)
    gap = cosine[:, None] - cosine
    wrong = score[:, None] < score
    gap = gap.masked_fill(~wrong, -1e4)
    return torch.logsumexp(torch.cat([torch.zeros_like(gap[:, :1]), gap], -1), -1)


def chain_field_likelihood(score: Tensor, change: Tensor, tag: Tensor) -> Tensor:
    """A conditional random field: log-likelihood of a sequence of tags, all paths summed in logarithms."""
    path = score.gather(-1, tag[..., None]).squeeze(-1).sum(-1) + change[tag[:, :-1], tag[:, 1:]].sum(-1)
    total = score[:, 0]
    for t in range(1, score.shape[1]):
        total = torch.logsumexp(total[:, :, None] + change, 1) + score[:, t]
    return path - torch.logsumexp(total, -1)


def biaffine_arcs(head: Tensor, child: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """A dependency parser: log-probabilities of each word's head, bilinear with a term for the head alone."""
    scores = child @ weight @ head.mT + (head @ bias)[:, None]
    return F.log_softmax(scores, -1)


def spanning_tree_marginals(score: Tensor, root: Tensor) -> Tensor:
    """Kirchhoff's theorem for trees of words: how likely each arc is, by an inverse of a Laplacian."""
    n = score.shape[-1]
    eye = torch.eye(n, dtype=score.dtype, device=score.device)
    arc, top = torch.exp(score) * (1 - eye), torch.exp(root)
    laplacian = torch.diag_embed(arc.sum(-2) + top) - arc
    inverse = torch.linalg.inv(laplacian)
    own = inverse.diagonal(dim1=-2, dim2=-1)
    return arc * (own[..., None, :] - inverse.mT)


# -- vision


def neighbourhood_attention(q: Tensor, k: Tensor, v: Tensor, bias: Tensor) -> Tensor:
    """Each pixel attends to the nine around it, with a bias for each of their places."""
    n, c, h, w = q.shape
    keys, values = (F.unfold(t, 3, padding=1).view(n, c, 9, h, w) for t in (k, v))
    scores = (q[:, :, None] * keys).sum(1) * c**-0.5 + bias[:, None, None]
    return (scores.softmax(1)[:, None] * values).sum(2)


def lambda_layer(q: Tensor, k: Tensor, v: Tensor, place: Tensor) -> Tensor:
    """A lambda network: a linear function of the content for all queries, and one of places for each."""
    content = torch.einsum("nmk,nmv->nkv", k.softmax(1), v)
    position = torch.einsum("imk,nmv->nikv", place, v) / v.shape[1]
    return torch.einsum("nik,nikv->niv", q, content[:, None] + position)


def octave_convolution(high: Tensor, low: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """Two maps, one at half the size, convolved with themselves and with each other."""
    hh, lh, hl, ll = weight
    fine = F.conv2d(high, hh, padding=1) + F.interpolate(F.conv2d(low, lh, padding=1), scale_factor=2.0)
    return fine, F.conv2d(F.avg_pool2d(high, 2), hl, padding=1) + F.conv2d(low, ll, padding=1)


def energy_attention(x: Tensor) -> Tensor:
    """SimAM: pixels weighed by how far they stand out of their channel, without parameters."""
    d = (x - x.mean((2, 3), keepdim=True)).square()
    spread = d.sum((2, 3), keepdim=True) / (x.shape[2] * x.shape[3] - 1)
    return x * torch.sigmoid(d / (4 * (spread + 1e-3)) + 0.5)


def modulated_convolution(x: Tensor, style: Tensor, weight: Tensor) -> Tensor:
    """StyleGAN2: a filter scaled by a style for each image, made of length one, run as a grouped convolution."""
    n, c, h, w = x.shape
    filters = weight * (1 + style)[:, None, :, None, None]
    filters = filters * torch.rsqrt(filters.square().sum((2, 3, 4), keepdim=True) + 1e-4)
    y = F.conv2d(x.reshape(1, n * c, h, w), filters.flatten(0, 1), padding=1, groups=n)
    return F.leaky_relu(y.view(n, -1, h, w), 0.2) * math.sqrt(2)


def map_conditioned_norm(x: Tensor, layout: Tensor, shared: Tensor, both: Tensor) -> Tensor:
    """SPADE: an instance norm whose scale and shift come from a layout, pixel by pixel."""
    layout = F.interpolate(layout, size=x.shape[-2:], mode="nearest")
    scale, shift = F.conv2d(torch.relu(F.conv2d(layout, shared, padding=1)), both, padding=1).chunk(2, 1)
    return F.instance_norm(x, eps=1e-4) * (1 + scale) + shift


def gradient_similarity(x: Tensor, y: Tensor) -> Tensor:
    """GMSD's map: likeness of Prewitt's gradients of two pictures."""
    tap = x.new_tensor([[1.0, 0.0, -1.0]] * 3)[None, None] / 3
    lengths = []
    for t in (x, y):
        d = torch.cat([F.conv2d(t, tap, padding=1), F.conv2d(t, tap.mT, padding=1)], 1)
        lengths.append(torch.sqrt(d.square().sum(1, keepdim=True) + 1e-3))
    a, b = lengths
    return (2 * a * b + 0.03) / (a.square() + b.square() + 0.03)


def census_distance(x: Tensor, y: Tensor) -> Tensor:
    """Unsupervised flow: soft signs of the differences to neighbours, compared between two frames."""
    n, _, h, w = x.shape
    around = [F.unfold(t, 3, padding=1).view(n, 9, h, w) - t for t in (x, y)]
    a, b = (d / torch.sqrt(0.1 + d.square()) for d in around)
    gap = (a - b).square()
    return (gap / (0.1 + gap)).sum(1)


def depth_reprojection(image: Tensor, depth: Tensor, turn: Tensor, shift: Tensor) -> Tensor:
    """Self-supervised depth: pixels lifted by their depth, moved, projected and looked up in another frame."""
    n, _, h, w = image.shape
    column = torch.linspace(-1, 1, w, dtype=image.dtype, device=image.device).expand(h, w)
    row = torch.linspace(-1, 1, h, dtype=image.dtype, device=image.device)[:, None].expand(h, w)
    ray = torch.stack([column, row, torch.ones_like(row)]).flatten(1)
    point = torch.cross(turn[:, :, None].expand(n, 3, h * w), depth.flatten(2) * ray, dim=1)
    point = depth.flatten(2) * ray + point + shift[:, :, None]
    grid = (point[:, :2] / point[:, 2:].clamp_min(0.1)).mT.unflatten(1, (h, w))
    return F.grid_sample(image, grid, padding_mode="border", align_corners=True)


def adaptive_depth_bins(width: Tensor, logits: Tensor) -> Tensor:
    """AdaBins: a depth as the mean of bins whose widths each image chooses."""
    share = torch.relu(width) + 0.1
    share = share / share.sum(1, keepdim=True)
    edge = 0.5 + 9.5 * share.cumsum(1)
    centre = edge - 0.5 * 9.5 * share
    return (logits.softmax(1) * centre[..., None, None]).sum(1)


def lovasz_loss(logits: Tensor, label: Tensor) -> Tensor:
    """Lovász' extension of one less the overlap: hinges in falling order, weighed by what each costs."""
    sign = 2 * label - 1
    error, order = torch.sort(1 - logits * sign, -1, descending=True)
    truth = label.gather(-1, order)
    left = truth.sum(-1, keepdim=True) - truth.cumsum(-1)
    union = truth.sum(-1, keepdim=True) + (1 - truth).cumsum(-1)
    jaccard = 1 - left / union
    return (torch.relu(error) * jaccard.diff(dim=-1, prepend=torch.zeros_like(jaccard[:, :1]))).cumsum(-1)


def soft_skeleton(x: Tensor) -> Tensor:
    """clDice's skeleton of a soft mask: what three erosions lose when they are opened."""
    skeleton = torch.zeros_like(x)
    for _ in range(3):
        eroded = -F.max_pool2d(-x, 3, 1, 1)
        lost = torch.relu(x - F.max_pool2d(eroded, 3, 1, 1))
        skeleton = skeleton + torch.relu(lost - skeleton * lost)
        x = eroded
    return skeleton


def mean_field_step(unary: Tensor, image: Tensor, mix: Tensor) -> Tensor:
    """A dense random field, two rounds: labels spread among pixels that are near and alike, then a softmax."""
    n, c, h, w = unary.shape
    around = F.unfold(image, 5, padding=2).view(n, -1, 25, h, w)
    kernel = torch.exp(-(around - image[:, :, None]).square().sum(1) / 0.5)
    q = unary
    for _ in range(2):
        said = F.unfold(q.softmax(1), 5, padding=2).view(n, c, 25, h, w)
        spread = (said * kernel[:, None]).sum(2) / kernel.sum(1, keepdim=True)
        q = unary - torch.einsum("dc,nchw->ndhw", mix, spread)
    return q.softmax(1)


def thin_plate_warp(point: Tensor, control: Tensor, target: Tensor) -> Tensor:
    """Points moved by the thin plate that bends each control point onto its target."""

    def bend(a: Tensor, b: Tensor) -> Tensor:
        d2 = (a[:, None] - b).square().sum(-1)
        return 0.5 * d2 * torch.log(d2 + 1e-4)

    flat, one = F.pad(control, (1, 0), value=1.0), F.pad(point, (1, 0), value=1.0)
    eye = torch.eye(len(control), dtype=point.dtype, device=point.device)
    top = torch.cat([bend(control, control) + 0.1 * eye, flat], 1)
    low = torch.cat([flat.T, torch.zeros_like(flat[:3, :3])], 1)
    weight = torch.linalg.solve(torch.cat([top, low]), torch.cat([target, torch.zeros_like(target[:3])]))
    return torch.cat([bend(point, control), one], 1) @ weight


def corner_homography(source: Tensor, moved: Tensor) -> Tensor:
    """The projective map of a quadrangle onto another, by eight linear equations."""
    target = source + moved
    (x, y), (u, v) = source.unbind(-1), target.unbind(-1)
    o, one = torch.zeros_like(x), torch.ones_like(x)
    rows = torch.cat(
        [
            torch.stack([x, y, one, o, o, o, -u * x, -u * y], -1),
            torch.stack([o, o, o, x, y, one, -v * x, -v * y], -1),
        ],
        -2,
    )
    return torch.linalg.solve(rows, torch.cat([u, v], -1)[..., None]).squeeze(-1)


def oriented_gradients(x: Tensor) -> Tensor:
    """Cells of four by four pixels as histograms of eight soft orientations, of length one each."""
    dx = F.pad(x[..., 2:] - x[..., :-2], (1, 1))
    dy = F.pad(x[..., 2:, :] - x[..., :-2, :], (0, 0, 1, 1))
    angle = torch.arange(8, dtype=x.dtype, device=x.device)[:, None, None] * (math.pi / 4)
    cell = F.avg_pool2d(torch.relu(dx * angle.cos() + dy * angle.sin()), 4)
    return cell / torch.sqrt(cell.square().sum(1, keepdim=True) + 1e-3)


def gabor_energy(x: Tensor, width: Tensor, wave: Tensor) -> Tensor:
    """Energies of pairs of Gabor filters at four angles, widths and wavelengths learned."""
    at = torch.arange(-3, 4, dtype=x.dtype, device=x.device)
    angle = torch.arange(4, dtype=x.dtype, device=x.device)[:, None, None] * (math.pi / 4)
    along = at * angle.cos() + at[:, None] * angle.sin()
    across = at[:, None] * angle.cos() - at * angle.sin()
    bell = torch.exp(-0.5 * (along.square() + 0.4 * across.square()) / width[:, None, None].square())
    phase = 2 * math.pi * along / wave[:, None, None]
    even, odd = (F.conv2d(x, (bell * f)[:, None], padding=3) for f in (phase.cos(), phase.sin()))
    return torch.sqrt(even.square() + odd.square() + 1e-2)


def anisotropic_diffusion(x: Tensor) -> Tensor:
    """Perona and Malik: four steps of a blur that stops at edges."""
    for _ in range(4):
        wide = F.pad(x, (1, 1, 1, 1), mode="replicate")
        flow = torch.zeros_like(x)
        for near in (wide[..., 1:-1, 2:], wide[..., 1:-1, :-2], wide[..., 2:, 1:-1], wide[..., :-2, 1:-1]):
            d = near - x
            flow = flow + d * torch.exp(-(d / 0.3).square())
        x = x + 0.2 * flow
    return x


def richardson_lucy(x: Tensor, kernel: Tensor) -> Tensor:
    """A blurred picture made sharp by four rounds of ratios."""
    kernel = kernel / kernel.sum()
    taps = kernel[None, None]
    guess = torch.full_like(x, 0.5)
    for _ in range(4):
        ratio = x / (F.conv2d(guess, taps, padding=2) + 1e-2)
        guess = guess * F.conv2d(ratio, taps.flip((-2, -1)), padding=2)
    return guess


def wiener_deconvolution(x: Tensor, kernel: Tensor) -> Tensor:
    """A picture divided by its blur in Fourier space, where that is more than the noise."""
    h, w = x.shape[-2:]
    blur = torch.fft.rfft2(F.pad(kernel / kernel.sum(), (0, w - kernel.shape[-1], 0, h - kernel.shape[-2])))
    gain = blur.conj() / (blur.abs().square() + 0.05)
    return torch.fft.irfft2(torch.fft.rfft2(x) * gain, s=(h, w))


def exposure_fusion(x: Tensor) -> Tensor:
    """Mertens' blend of exposures: weights by contrast, saturation and how near to middle grey."""
    tap = x.new_tensor([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])[None, None]
    contrast = F.conv2d(x.mean(2).flatten(0, 1)[:, None], tap, padding=1).view_as(x[:, :, 0]).abs()
    vivid = torch.sqrt(x.var(2, correction=0) + 1e-4)
    middle = torch.exp(-0.5 * ((x - 0.5) / 0.2).square()).prod(2)
    weight = (contrast + 0.05) * vivid * middle + 1e-3
    return (x * (weight / weight.sum(1, keepdim=True))[:, :, None]).sum(1)


def event_voxels(time: Tensor, sign: Tensor, pixel: Tensor) -> Tensor:
    """An event camera's stream as five frames, each event shared by the two nearest in time."""
    at = time * 4
    low = at.floor().clamp(0, 3)
    share = at - low
    grid = torch.zeros(5 * 48, dtype=time.dtype, device=time.device)
    grid = grid.index_add(0, low.long() * 48 + pixel, sign * (1 - share))
    return grid.index_add(0, (low.long() + 1) * 48 + pixel, sign * share).view(5, 48)


def lifted_features(depth: Tensor, context: Tensor, cell: Tensor) -> Tensor:
    """Lift and splat: each pixel's features put at all depths by their odds, and added up in cells seen from above."""
    frustum = (depth.softmax(1)[:, None] * context[:, :, None]).flatten(2)
    ground = context.new_zeros(len(context), context.shape[1], 40)
    return ground.index_add(2, cell, frustum)


def kernel_point_convolution(x: Tensor, place: Tensor, kernel: Tensor, weight: Tensor) -> Tensor:
    """KPConv: neighbours' features through weights of the kernel points they are near to."""
    line = place[:, None] - place
    apart = torch.sqrt((line[:, :, None] - kernel).square().sum(-1) + 1e-3)
    near = torch.relu(1 - apart / 1.2)
    return torch.einsum("ijk,jc,kcd->id", near, x, weight) / len(x) ** 0.5


def vector_attention(x: Tensor, place: Tensor, project: Tensor, position: Tensor, mix: Tensor) -> Tensor:
    """Point transformer: each channel has a softmax of its own over differences of points and their features."""
    q, k, v = (x @ project).chunk(3, -1)
    where = torch.relu((place[:, None] - place) @ position)
    score = torch.relu(q[:, None] - k + where) @ mix
    return (score.softmax(1) * (v + where)).sum(1)


def slot_attention(slot: Tensor, x: Tensor, wi: Tensor, wh: Tensor) -> Tensor:
    """Two rounds in which slots compete for inputs, and a GRU takes in what each has won."""
    for _ in range(2):
        scores = F.layer_norm(slot, slot.shape[-1:]) @ x.mT * x.shape[-1] ** -0.5
        share = scores.softmax(-2) + 1e-3
        update = share / share.sum(-1, keepdim=True) @ x
        r, z, n = (update @ wi).chunk(3, -1)
        hr, hz, hn = (slot @ wh).chunk(3, -1)
        z = torch.sigmoid(z + hz)
        slot = (1 - z) * torch.tanh(n + torch.sigmoid(r + hr) * hn) + z * slot
    return slot


def generalised_mean_pooling(x: Tensor, power: Tensor) -> Tensor:
    """GeM: between a channel's mean and its maximum by a learned power, then length one."""
    p = power[:, None, None]
    pooled = x.clamp_min(1e-2).pow(p).mean((2, 3), keepdim=True).pow(1 / p)
    return F.normalize(pooled.flatten(1), dim=-1)


def filter_response_norm(x: Tensor, scale: Tensor, shift: Tensor, floor: Tensor) -> Tensor:
    """FRN: channels over their root mean square without a mean, and a learned floor for a ReLU."""
    y = x * torch.rsqrt(x.square().mean((2, 3), keepdim=True) + 1e-5)
    return torch.maximum(scale[:, None, None] * y + shift[:, None, None], floor[:, None, None])


def reparameterised_convolution(x: Tensor, wide: Tensor, point: Tensor, gain: Tensor, spread: Tensor) -> Tensor:
    """RepVGG: a 3 × 3, a 1 × 1 and an identity branch with their norms, folded into one kernel."""
    eye = torch.eye(len(wide), dtype=x.dtype, device=x.device)[..., None, None]
    scale = gain / torch.sqrt(spread + 1e-5)
    branches = (wide, F.pad(point, (1, 1, 1, 1)), F.pad(eye, (1, 1, 1, 1)))
    kernel = sum((b * s[:, None, None, None] for b, s in zip(branches, scale, strict=True)), torch.zeros_like(wide))
    return F.relu(F.conv2d(x, kernel, padding=1))


def simple_gate_block(x: Tensor, expand: Tensor, depth: Tensor, mix: Tensor, project: Tensor) -> Tensor:
    """NAFNet: no activation but a product of two halves, channels scaled by a linear function of their means."""
    y = F.group_norm(x, 1, eps=1e-5)
    a, b = F.conv2d(F.conv2d(y, expand), depth, padding=1, groups=len(depth)).chunk(2, 1)
    y = a * b
    return x + F.conv2d(y * F.conv2d(y.mean((2, 3), keepdim=True), mix), project)


def large_kernel_gate(x: Tensor, near: Tensor, far: Tensor, point: Tensor) -> Tensor:
    """VAN: a large kernel taken apart into a small, a dilated and a 1 × 1 one, as a gate for its input."""
    c = x.shape[1]
    y = F.conv2d(x, near, padding=2, groups=c)
    y = F.conv2d(y, far, padding=6, dilation=3, groups=c)
    return x * F.conv2d(y, point)


def colour_table(x: Tensor, table: Tensor) -> Tensor:
    """Photographic finishing: colours through a cube of five steps, trilinear."""
    grid = (2 * x - 1).permute(0, 2, 3, 1)[:, None]
    return F.grid_sample(table, grid, padding_mode="border", align_corners=True).squeeze(2)


# -- diffusion


def multistep_noise(noise: Tensor, x: Tensor, now: Tensor, then: Tensor) -> Tensor:
    """PLMS: the last four predictions of noise blended by Adams and Bashforth, one deterministic step."""
    weight = noise.new_tensor([55.0, -59.0, 37.0, -9.0]) / 24
    blended = torch.einsum("k,knd->nd", weight, noise)
    start = (x - (1 - now).sqrt()[:, None] * blended) / now.sqrt()[:, None]
    return then.sqrt()[:, None] * start + (1 - then).sqrt()[:, None] * blended


def zero_star_guidance(conditional: Tensor, plain: Tensor) -> Tensor:
    """CFG-Zero*: the unconditional prediction scaled to fit the conditional one best, then guidance."""
    a, b = conditional.flatten(1), plain.flatten(1)
    fit = (a * b).sum(1) / (b.square().sum(1) + 1e-2)
    base = plain * fit[:, None, None, None]
    return base + 4.5 * (conditional - base)


def zero_terminal_schedule(beta: Tensor) -> Tensor:
    """A schedule of noise shifted and scaled so that nothing of the signal is left at its end."""
    root = torch.cumprod(1 - beta, -1).sqrt()
    first, last = root[:, :1], root[:, -1:]
    return ((root - last) * first / (first - last)).square()


def posterior_sampling_step(x: Tensor, score: Tensor, blur: Tensor, seen: Tensor) -> Tensor:
    """Diffusion posterior sampling: the expected start, and a step that explains what was measured of it."""
    start = (x + 0.3 * score) / math.sqrt(0.7)
    gap = seen - start @ blur
    return start + 0.8 * gap @ blur.T / (gap.norm(dim=-1, keepdim=True) + 1e-2)


def categorical_posterior(logits: Tensor, token: Tensor, keep: Tensor) -> Tensor:
    """D3PM with uniform noise: log-probabilities of a step back, given what a network says of the start."""
    k = logits.shape[-1]
    start = logits.softmax(-1)
    here = F.one_hot(token, k).to(logits.dtype)
    one, before = keep[:, :1, None], keep[:, 1:, None]
    likely = one * here + (1 - one) / k
    return F.log_softmax(torch.log(likely) + torch.log(before * start + (1 - before) / k), -1)


# -- speech and audio


def gammatone_bank(x: Tensor, centre: Tensor) -> Tensor:
    """An ear's filters of order four, and the cube root of what they let through."""
    t = torch.arange(24, dtype=x.dtype, device=x.device) / 8
    wide = 0.2 + 0.1 * centre[:, None]
    impulse = t**3 * torch.exp(-2 * math.pi * wide * t) * torch.cos(2 * math.pi * centre[:, None] * t)
    impulse = impulse / impulse.abs().sum(-1, keepdim=True)
    return (torch.relu(F.conv1d(x[:, None], impulse[:, None], padding=12)) + 0.01).pow(1 / 3)


def spectral_subtraction(spectrum: Tensor, noise: Tensor) -> Tensor:
    """Speech less a noise's mean power, more where there is little of it, above a floor."""
    power, hum = spectrum.square(), noise.square().mean(-1, keepdim=True)
    over = 1 + 3 * torch.sigmoid(-(power / (hum + 1e-2)).log1p())
    return torch.sqrt(torch.maximum(power - over * hum, 0.05 * power) + 1e-4)


def state_variable_filter(x: Tensor, cutoff: Tensor, damp: Tensor) -> Tensor:
    """A zero-delay filter of two integrators: low, band and high pass, sample by sample."""
    g = torch.tan(cutoff)
    a = 1 / (1 + g * (g + damp))
    low, band, out = torch.zeros_like(x[:, 0]), torch.zeros_like(x[:, 0]), []
    for t in range(x.shape[1]):
        high = (x[:, t] - (damp + g) * band - low) * a
        one = g * high + band
        two = g * one + low
        band, low = 2 * one - band, 2 * two - low
        out.append(torch.stack([two, one, high], -1))
    return torch.stack(out, 1)


def gaussian_window_attention(step: Tensor, width: Tensor, weight: Tensor, memory: Tensor) -> Tensor:
    """Graves' handwriting: a mixture of windows that only move forward, over a text."""
    centre = F.softplus(step).cumsum(1)[..., None]
    at = torch.arange(memory.shape[1], dtype=memory.dtype, device=memory.device)
    window = weight.softmax(-1)[..., None] * torch.exp(-0.5 * ((at - centre) / width[..., None]).square())
    return window.sum(2) @ memory


def gaussian_upsampling(x: Tensor, duration: Tensor, width: Tensor) -> Tensor:
    """Parallel speech: tokens spread over frames by Gaussians around the middles of their durations."""
    middle = duration.cumsum(-1) - 0.5 * duration
    at = torch.arange(30, dtype=x.dtype, device=x.device)[:, None] + 0.5
    score = -0.5 * ((at - middle[:, None]) / width[:, None]).square() - width[:, None].log()
    return score.softmax(-1) @ x


def assigned_separation_loss(made: Tensor, wanted: Tensor) -> Tensor:
    """Two speakers without names: the better of both orders, in decibels of signal to error."""
    error = (made[:, :, None] - wanted[:, None]).square().sum(-1)
    level = 10 * torch.log10(wanted.square().sum(-1)[:, None] / error.clamp_min(1e-2))
    return torch.maximum(level[:, 0, 0] + level[:, 1, 1], level[:, 0, 1] + level[:, 1, 0]) / 2


def band_pass_layer(x: Tensor, low: Tensor, band: Tensor) -> Tensor:
    """SincNet: filters that are differences of two low passes, only their edges learned."""
    at = torch.arange(-10, 11, dtype=x.dtype, device=x.device)
    high = (low + band)[:, None]
    taps = 2 * high * torch.sinc(2 * high * at) - 2 * low[:, None] * torch.sinc(2 * low[:, None] * at)
    window = torch.hamming_window(21, periodic=False, dtype=x.dtype, device=x.device)
    return F.conv1d(x[:, None], (taps * window / (2 * band[:, None]))[:, None], padding=10)


def minimum_phase(magnitude: Tensor) -> Tensor:
    """The quickest impulse with given magnitudes: a cepstrum folded onto its causal half."""
    cepstrum = torch.fft.irfft(magnitude.log())
    half = cepstrum.shape[-1] // 2
    fold = torch.cat([cepstrum[..., :1], 2 * cepstrum[..., 1:half], cepstrum[..., half : half + 1]], -1)
    return torch.fft.irfft(torch.exp(torch.fft.rfft(F.pad(fold, (0, half - 1)))))
