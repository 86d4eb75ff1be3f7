"""Parts of models as users of PyTorch write them, of given tensors only: language, vision, diffusion and speech.

None of them is in an earlier file; tenth.py gives them their inputs, field_code_more.py has the other fields.
"""

from __future__ import annotations

import itertools
import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- language models


def compressed_block_attention(q: Tensor, k: Tensor, v: Tensor, gate: Tensor) -> Tensor:
    """Native sparse attention's coarse branch: queries look at means of blocks of four, a gate on what they find."""
    keys, values = (t.unflatten(-2, (-1, 4)).mean(-2) for t in (k, v))
    weights = torch.softmax(q @ keys.mT * q.shape[-1] ** -0.5, -1)
    return torch.sigmoid(gate) * (weights @ values)


def value_residual_attention(q: Tensor, k: Tensor, v: Tensor, first: Tensor, mix: Tensor) -> Tensor:
    """ResFormer: values blended with those of the first layer before a causal softmax."""
    values = mix[:, None, None] * v + (1 - mix[:, None, None]) * first
    return F.scaled_dot_product_attention(q, k, values, is_causal=True)


def output_gated_attention(x: Tensor, qkv: Tensor, gate: Tensor) -> Tensor:
    """Two heads whose outcome is gated element by element by a sigmoid of the layer's input."""
    q, k, v = (t.unflatten(-1, (2, -1)).transpose(1, 2) for t in (x @ qkv).chunk(3, -1))
    y = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2)
    return y * torch.sigmoid(x @ gate)


def matrix_memory(q: Tensor, k: Tensor, v: Tensor, i: Tensor, f: Tensor) -> Tensor:
    """xLSTM's matrix memory in parallel: exponential gates as a stabilised matrix, rows divided by their sum or one."""
    faded = F.logsigmoid(f).cumsum(-1)
    d = faded[..., :, None] - faded[..., None, :] + i[..., None, :]
    seen = torch.ones(d.shape[-2:], dtype=torch.bool, device=d.device).tril()
    d = d.masked_fill(~seen, -1e4)
    top = d.amax(-1, keepdim=True)
    c = q @ k.mT * q.shape[-1] ** -0.5 * torch.exp(d - top)
    return c @ v / torch.maximum(c.sum(-1, keepdim=True).abs(), torch.exp(-top))


def sphere_residual(h: Tensor, update: Tensor, rate: Tensor) -> Tensor:
    """nGPT's residual: a step on the sphere from a state towards a block's output, by a rate for each channel."""
    h = F.normalize(h, dim=-1)
    return F.normalize(h + rate.abs() * (F.normalize(update, dim=-1) - h), dim=-1)


def dynamic_tanh_layer(x: Tensor, alpha: Tensor, weight: Tensor, bias: Tensor, up: Tensor, down: Tensor) -> Tensor:
    """A feed-forward block whose norm is a tangent with a learned slope."""
    return x + F.gelu((torch.tanh(alpha * x) * weight + bias) @ up) @ down


def stick_breaking_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Each earlier token, from the nearest on, takes a share of what is left of the stick."""
    scores = q @ k.mT * q.shape[-1] ** -0.5
    seen = torch.ones(scores.shape[-2:], dtype=torch.bool, device=q.device).tril(-1)
    left = F.logsigmoid(-scores).masked_fill(~seen, 0.0)
    after = left.flip(-1).cumsum(-1).flip(-1) - left
    return torch.exp(F.logsigmoid(scores) + after).masked_fill(~seen, 0.0) @ v


def convolved_scores_attention(q: Tensor, k: Tensor, v: Tensor, kernel: Tensor) -> Tensor:
    """Multi-token attention: scores of each head convolved over neighbouring queries and keys before the softmax."""
    scores = q @ k.mT * q.shape[-1] ** -0.5
    return torch.softmax(F.conv2d(scores, kernel, padding="same", groups=q.shape[1]), -1) @ v


def fading_scores_attention(q: Tensor, k: Tensor, v: Tensor, f: Tensor) -> Tensor:
    """The forgetting transformer: causal softmax with sums of log forget gates between query and key as a bias."""
    c = F.logsigmoid(f).cumsum(-1)
    bias = c[..., :, None] - c[..., None, :]
    seen = torch.ones(bias.shape[-2:], dtype=torch.bool, device=q.device).tril()
    scores = q @ k.mT / math.sqrt(q.shape[-1]) + bias
    return torch.softmax(scores.masked_fill(~seen, float("-inf")), -1) @ v


def prospect_loss(policy: Tensor, reference: Tensor, wanted: Tensor) -> Tensor:
    """KTO: gains and losses of single answers against the batch's mean divergence."""
    ratio = (policy - reference).sum(-1)
    base = ratio.mean().clamp_min(0)
    return 1 - torch.where(wanted, torch.sigmoid(0.1 * (ratio - base)), 1.3 * torch.sigmoid(0.1 * (base - ratio)))


def sequence_ratio_loss(new: Tensor, old: Tensor, advantage: Tensor) -> Tensor:
    """GSPO: one ratio for a whole answer, the geometric mean of its tokens', clipped tightly."""
    ratio = torch.exp((new - old).mean(-1))
    return -torch.minimum(ratio * advantage, ratio.clamp(0.9, 1.1) * advantage)


def skewed_divergence(student: Tensor, teacher: Tensor) -> Tensor:
    """Generalised Jensen-Shannon divergence of two models' tokens, three tenths of the mixture the student's."""
    s, t = F.log_softmax(student, -1), F.log_softmax(teacher, -1)
    mixed = torch.logaddexp(s + math.log(0.3), t + math.log(0.7))
    return (0.3 * s.exp() * (s - mixed) + 0.7 * t.exp() * (t - mixed)).sum(-1)


def nested_embeddings_loss(x: Tensor, y: Tensor) -> Tensor:
    """Matryoshka: contrastive losses of the embedding's first four, eight and all numbers, added up."""
    label, loss = torch.arange(len(x), device=x.device), torch.zeros_like(x[:, 0])
    for n in (4, 8, x.shape[-1]):
        logits = F.normalize(x[:, :n], dim=-1) @ F.normalize(y[:, :n], dim=-1).T
        loss = loss + F.cross_entropy(logits / 0.2, label, reduction="none")
    return loss


def dictionary_features(x: Tensor, encode: Tensor, decode: Tensor, centre: Tensor) -> tuple[Tensor, Tensor]:
    """A sparse autoencoder: what it makes of activations, and its loss with the features weighed by their lengths."""
    features = torch.relu((x - centre) @ encode)
    made = features @ decode + centre
    return made, (made - x).square().sum(-1) + 0.3 * (features * decode.norm(dim=-1)).sum(-1)


def kronecker_adapter(x: Tensor, weight: Tensor, left: Tensor, right: Tensor) -> Tensor:
    """LoKr: a weight's change as a Kronecker product of two small matrices."""
    return F.linear(x, weight + 0.5 * torch.kron(left, right))


def reflection_adapter(x: Tensor, weight: Tensor, u: Tensor) -> Tensor:
    """HRA: activations through three Householder reflections, then through the frozen weight."""
    for direction in F.normalize(u, dim=-1):
        x = x - 2 * (x @ direction)[..., None] * direction
    return F.linear(x, weight)


def sectioned_rotary(x: Tensor, place: Tensor) -> Tensor:
    """Qwen2-VL's rotary embedding: a third of the frequencies by time, a third by row, a third by column."""
    half = x.shape[-1] // 2
    rate = 100.0 ** (-torch.arange(half, dtype=x.dtype, device=x.device) / half)
    section = torch.arange(half, device=x.device) * 3 // half
    angle = place.to(x.dtype)[:, section] * rate
    a, b = x.chunk(2, -1)
    return torch.cat([a * angle.cos() - b * angle.sin(), b * angle.cos() + a * angle.sin()], -1)


def paged_attention(q: Tensor, keys: Tensor, values: Tensor, table: Tensor) -> Tensor:
    """One query for each sequence over a cache in pages, found through a table of blocks."""
    k, v = (pages[table].flatten(1, 2) for pages in (keys, values))
    scores = torch.einsum("bhd,bkhd->bhk", q, k) * q.shape[-1] ** -0.5
    return torch.einsum("bhk,bkhd->bhd", scores.softmax(-1), v)


def indexer_scores(q: Tensor, k: Tensor, weight: Tensor) -> Tensor:
    """A lightning indexer: how much each token wants each other, ReLU of small heads' products and a weight."""
    return torch.einsum("tsh,th->ts", torch.relu(torch.einsum("thd,sd->tsh", q, k)), weight.softmax(-1))


def polynomial_norm(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """PolyNorm: the first three powers, each of unit root mean square, blended."""
    y = bias.expand_as(x)
    for p in range(3):
        y = y + weight[p] * F.rms_norm(x ** (p + 1), x.shape[-1:], eps=1e-6)
    return y


def spline_layer(x: Tensor, coefficient: Tensor, base: Tensor) -> Tensor:
    """A KAN's layer: each edge a SiLU and a sum of quadratic B-splines on [-1, 1]."""
    count = coefficient.shape[-1]
    knot = torch.linspace(-2, 2, count + 3, dtype=x.dtype, device=x.device)
    at = (x[..., None] - knot[1:-2] - (knot[1] - knot[0]) / 2) / (knot[1] - knot[0])
    near = (0.75 - at.square()) * (at.abs() < 0.5)
    far = 0.5 * (1.5 - at.abs()).square() * ((at.abs() >= 0.5) & (at.abs() < 1.5))
    return F.linear(F.silu(x), base) + torch.einsum("nig,oig->no", near + far, coefficient)


def absorbing_loss(logits: Tensor, token: Tensor, masked: Tensor, t: Tensor) -> Tensor:
    """A masked diffusion language model's bound: losses of hidden tokens, over the share that is hidden."""
    loss = F.cross_entropy(logits.transpose(1, 2), token, reduction="none")
    return (loss * masked).sum(-1) / t


# -- vision


def offset_convolution(x: Tensor, offset: Tensor, weight: Tensor) -> Tensor:
    """A deformable convolution: nine taps, each read bilinearly where its offset points."""
    h, w = x.shape[-2:]
    row, column = torch.meshgrid(torch.arange(h, device=x.device), torch.arange(w, device=x.device), indexing="ij")
    taps = []
    for tap in range(9):
        r = row + (tap // 3 - 1) + offset[:, 2 * tap]
        c = column + (tap % 3 - 1) + offset[:, 2 * tap + 1]
        grid = torch.stack([(2 * c + 1) / w - 1, (2 * r + 1) / h - 1], -1)
        taps.append(F.grid_sample(x, grid, align_corners=False))
    return torch.einsum("ntchw,oct->nohw", torch.stack(taps, 1), weight.flatten(2))


def conditional_convolution(x: Tensor, route: Tensor, kernels: Tensor) -> Tensor:
    """CondConv: for each image a blend of kernels by sigmoids of its mean, run as one grouped convolution."""
    n, c, h, w = x.shape
    share = torch.sigmoid(x.mean((2, 3)) @ route)
    weight = torch.einsum("ne,eoikl->noikl", share, kernels)
    y = F.conv2d(x.reshape(1, n * c, h, w), weight.flatten(0, 1), padding=1, groups=n)
    return y.reshape(n, -1, h, w)


def cross_covariance_attention(q: Tensor, k: Tensor, v: Tensor, temperature: Tensor) -> Tensor:
    """XCiT: channels attend to channels, tokens made of length one along the sequence."""
    q, k = F.normalize(q, dim=-2), F.normalize(k, dim=-2)
    return v @ torch.softmax(q.mT @ k * temperature, -1).mT


def focal_modulation(x: Tensor, gate: Tensor, small: Tensor, large: Tensor, head: Tensor) -> Tensor:
    """FocalNet: contexts of two sizes and of the whole map, gated for each pixel, modulate the query."""
    gates = F.conv2d(x, gate)
    near = F.gelu(F.conv2d(x, small, padding="same", groups=x.shape[1]))
    far = F.gelu(F.conv2d(near, large, padding="same", groups=x.shape[1]))
    whole = F.gelu(far.mean((2, 3), keepdim=True))
    return x * F.conv2d(near * gates[:, :1] + far * gates[:, 1:2] + whole * gates[:, 2:], head)


def content_aware_upsampling(x: Tensor, kernels: Tensor) -> Tensor:
    """CARAFE: a map doubled in size, each new pixel a blend of nine old ones by a softmax of its own."""
    n, c, h, w = x.shape
    blend = F.pixel_shuffle(kernels, 2).softmax(1)
    around = F.unfold(x, 3, padding=1).reshape(n, c * 9, h, w)
    around = F.interpolate(around, scale_factor=2.0, mode="nearest").reshape(n, c, 9, 2 * h, 2 * w)
    return (around * blend[:, None]).sum(2)


def convex_upsampling(flow: Tensor, mask: Tensor) -> Tensor:
    """RAFT's last step: a coarse flow made twice as fine by convex combinations of neighbours."""
    n, _, h, w = flow.shape
    weight = mask.view(n, 1, 9, 2, 2, h, w).softmax(2)
    around = F.unfold(2 * flow, 3, padding=1).view(n, 2, 9, 1, 1, h, w)
    return (weight * around).sum(2).permute(0, 1, 4, 2, 5, 3).reshape(n, 2, 2 * h, 2 * w)


def partial_convolution(x: Tensor, known: Tensor, weight: Tensor) -> Tensor:
    """Inpainting's convolution: holes count nothing, what is left is scaled up by how much of a window is known."""
    share = F.avg_pool2d(known, 3, 1, 1)
    y = F.conv2d(x * known, weight, padding=1)
    return torch.where(share > 0.05, y / share.clamp_min(0.05), torch.zeros_like(y))


def disparity_regression(left: Tensor, right: Tensor) -> Tensor:
    """Stereo: a volume of correlations at six shifts, and the expected shift."""
    volume = []
    for d in range(6):
        moved = F.pad(right, (d, 0))[..., : right.shape[-1]]
        volume.append((left * moved).mean(1))
    p = torch.softmax(3 * torch.stack(volume, 1), 1)
    shift = torch.arange(6, dtype=left.dtype, device=left.device)
    return torch.einsum("ndhw,d->nhw", p, shift)


def centred_self_distillation(student: Tensor, teacher: Tensor, centre: Tensor) -> Tensor:
    """DINO: a sharp, centred teacher's cross-entropy with a student's softmax."""
    target = torch.softmax((teacher - centre) / 0.4, -1)
    return -(target * F.log_softmax(student / 0.8, -1)).sum(-1)


def masked_patch_loss(predicted: Tensor, image: Tensor, hidden: Tensor) -> Tensor:
    """MAE: squared errors of hidden patches, whose pixels have mean zero and variance one."""
    patch = F.unfold(image, 4, stride=4).mT
    patch = (patch - patch.mean(-1, keepdim=True)) / torch.sqrt(patch.var(-1, keepdim=True) + 1e-4)
    return (predicted - patch).square().mean(-1) * hidden


def variance_invariance_covariance(x: Tensor, y: Tensor) -> Tensor:
    """VICReg: for each dimension what two views differ by, what deviation lacks to one, what correlates."""
    a, b = x - x.mean(0), y - y.mean(0)
    loss = 25 * (x - y).square().mean(0)
    for z in (a, b):
        loss = loss + 12.5 * torch.relu(1 - torch.sqrt(z.var(0) + 1e-4))
        cross = z.T @ z / (len(z) - 1)
        loss = loss + (cross.square().sum(1) - cross.diagonal().square()) / len(cross)
    return loss


def non_local_means(x: Tensor) -> Tensor:
    """Each pixel the mean of those in a window of five whose patches look alike."""
    h, w = x.shape[-2:]
    total, out = torch.zeros_like(x), torch.zeros_like(x)
    wide = F.pad(x, (2, 2, 2, 2), mode="reflect")
    for i in range(5):
        for j in range(5):
            other = wide[..., i : i + h, j : j + w]
            weight = torch.exp(-F.avg_pool2d((x - other).square(), 3, 1, 1) / 0.18)
            total, out = total + weight, out + weight * other
    return out / total


def retinex(x: Tensor) -> Tensor:
    """Multi-scale retinex: logarithms of an image less those of two blurs of it."""
    log = x.log()
    return sum((log - F.avg_pool2d(x, k, 1, k // 2, count_include_pad=False).log() for k in (3, 7)), 0 * log) / 2


def dehazed(x: Tensor, air: Tensor) -> Tensor:
    """The dark channel prior: what haze lets through, from the darkest of a window, and the scene without it."""
    dark = -F.max_pool2d(-(x / air[:, None, None]).amin(1, keepdim=True), 3, 1, 1)
    through = (1 - 0.95 * dark).clamp_min(0.1)
    return (x - air[:, None, None]) / through + air[:, None, None]


def local_flow(before: Tensor, after: Tensor) -> Tensor:
    """Lucas and Kanade: a flow for each pixel from the gradients of a window of five."""
    dx = 0.5 * (before.roll(-1, -1) - before.roll(1, -1))
    dy = 0.5 * (before.roll(-1, -2) - before.roll(1, -2))
    dt = after - before
    xx, xy, yy, xt, yt = (F.avg_pool2d(t, 5, 1, 2) for t in (dx * dx, dx * dy, dy * dy, dx * dt, dy * dt))
    xx, yy = xx + 0.05, yy + 0.05
    det = xx * yy - xy * xy
    return torch.cat([(xy * yt - yy * xt) / det, (xy * xt - xx * yt) / det], 1)


def demosaiced(raw: Tensor) -> Tensor:
    """Colours from a Bayer pattern, bilinear: sums of what is known over how much of it is."""
    h, w = raw.shape[-2:]
    row, column = torch.arange(h, device=raw.device)[:, None] % 2, torch.arange(w, device=raw.device) % 2
    known = torch.stack([(row == 0) & (column == 0), row != column, (row == 1) & (column == 1)]).to(raw.dtype)[None]
    tap = raw.new_tensor([[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]]).expand(3, 1, 3, 3)
    return F.conv2d(raw * known, tap, padding=1, groups=3) / F.conv2d(known, tap, padding=1, groups=3)


def axial_attention(x: Tensor) -> Tensor:
    """A map whose pixels attend along their row, then along their column."""
    rows = x.permute(0, 2, 3, 1)
    rows = rows + F.scaled_dot_product_attention(rows, rows, rows)
    columns = rows.transpose(1, 2)
    return (columns + F.scaled_dot_product_attention(columns, columns, columns)).permute(0, 3, 2, 1)


def dual_softmax_matches(x: Tensor, y: Tensor) -> Tensor:
    """LoFTR: how likely two points match, by softmaxes over both images."""
    scores = x @ y.mT / x.shape[-1] ** 0.5
    return scores.softmax(-1) * scores.softmax(-2)


# -- diffusion


def thresholded(x: Tensor) -> Tensor:
    """Imagen's dynamic thresholding: an image over its ninth decile of magnitude, where that is more than one."""
    top = torch.quantile(x.flatten(1).abs(), 0.9, dim=1).clamp_min(1.0)[:, None, None, None]
    return x.clamp(-top, top) / top


def filtered_skip(backbone: Tensor, skip: Tensor) -> Tensor:
    """FreeU: half of the backbone's channels made stronger, low frequencies of the skip weaker."""
    half = backbone.shape[1] // 2
    backbone = torch.cat([backbone[:, :half] * 1.3, backbone[:, half:]], 1)
    spectrum = torch.fft.fftshift(torch.fft.fft2(skip), dim=(-2, -1))
    h, w = skip.shape[-2:]
    mask = torch.ones_like(skip)
    low = F.pad(mask[..., :3, :3] * 0.8, (w // 2 - 1, w - w // 2 - 2, h // 2 - 1, h - h // 2 - 2), value=0.0)
    mask = torch.where(low > 0, -0.2, 0.0) + mask
    skip = torch.fft.ifft2(torch.fft.ifftshift(spectrum * mask, dim=(-2, -1))).real
    return torch.cat([backbone, skip], 1)


def distilled_score(image: Tensor, noise: Tensor, signal: Tensor, scale: Tensor) -> Tensor:
    """Score distillation: what a linear denoiser would change of a noised picture, weighed by the noise."""
    a = signal[:, None, None, None]
    noised = a.sqrt() * image + (1 - a).sqrt() * noise
    conditional = torch.tanh(noised * scale[:, None, None])
    plain = torch.tanh(noised)
    return (1 - a) * (plain + 7.5 * (conditional - plain) - noise)


def decoupled_image_attention(q: Tensor, k: Tensor, v: Tensor, ki: Tensor, vi: Tensor) -> Tensor:
    """IP-Adapter: one query's attention to a text and to a picture, added up."""
    text = F.scaled_dot_product_attention(q, k, v)
    return text + 0.6 * F.scaled_dot_product_attention(q, ki, vi)


def magnitude_preserving_block(x: Tensor, weight: Tensor) -> Tensor:
    """EDM2: SiLU and a convolution that keep variance, joined with their input by a sum that does."""
    filters = F.normalize(weight.flatten(1), dim=1).view_as(weight)
    y = F.conv2d(F.silu(x) / 0.596, filters, padding=1)
    return (0.7 * x + 0.3 * y) / math.sqrt(0.7**2 + 0.3**2)


def shifted_flow_steps(x: Tensor, drift: Tensor) -> Tensor:
    """Four Euler steps of a rectified flow, times shifted towards noise, along a linear field."""
    at = torch.linspace(1, 0, 5, dtype=x.dtype, device=x.device)
    at = 3 * at / (1 + 2 * at)
    for now, then in itertools.pairwise(at):
        x = x + (then - now) * torch.tanh(x @ drift)
    return x


# -- speech and audio


def pitch_difference(x: Tensor) -> Tensor:
    """YIN: squared differences at lags up to 16, each over the mean of those before."""
    n = x.shape[-1] - 16
    d = torch.stack([(x[..., :n] - x[..., lag : lag + n]).square().sum(-1) for lag in range(1, 17)], -1)
    lag = torch.arange(1, 17, dtype=x.dtype, device=x.device)
    return d * lag / d.cumsum(-1)


def learned_separation(x: Tensor, encode: Tensor, mask: Tensor, decode: Tensor) -> Tensor:
    """Conv-TasNet in small: a learned basis, masks of two speakers by a softmax, and back to sound."""
    code = torch.relu(F.conv1d(x, encode, stride=4))
    masks = F.conv1d(code, mask).unflatten(1, (2, -1)).softmax(1)
    sounds = [F.conv_transpose1d(code * masks[:, i], decode, stride=4) for i in range(2)]
    return torch.cat(sounds, 1)


def distortionless_beamformer(speech: Tensor, noise: Tensor, steer: Tensor) -> Tensor:
    """MVDR of real channels: the weights that let one direction through and little noise, applied."""
    cov = noise @ noise.mT / noise.shape[-1]
    cov = cov + 0.1 * torch.eye(cov.shape[-1], dtype=cov.dtype, device=cov.device)
    w = torch.linalg.solve(cov, steer[..., None])
    w = w / (steer[..., None, :] @ w)
    return (w.mT @ speech).squeeze(-2)


def phase_retrieval(magnitude: Tensor) -> Tensor:
    """A round of Griffin and Lim: sound from magnitudes without phase, its phase, and sound again."""
    window = torch.hann_window(16, dtype=magnitude.dtype, device=magnitude.device)
    sound = torch.istft(torch.complex(magnitude, 0.5 * magnitude), 16, 4, window=window)
    again = torch.stft(sound, 16, 4, window=window, return_complex=True)
    turned = magnitude * again / (again.abs() + 1e-3)
    return torch.istft(turned, 16, 4, window=window)


def location_attention(q: Tensor, memory: Tensor, past: Tensor, kernel: Tensor, score: Tensor) -> Tensor:
    """Tacotron 2: additive attention that also sees a convolution of where it looked before."""
    place = F.conv1d(past[:, None], kernel, padding="same").mT
    energy = torch.tanh(q[:, None] + memory + place) @ score
    return (energy.softmax(1)[..., None] * memory).sum(1)


def speaker_centroid_loss(x: Tensor) -> Tensor:
    """GE2E: utterances near their speaker's mean without themselves, far from other speakers' means."""
    s, u, _ = x.shape
    x = F.normalize(x, dim=-1)
    centre = x.mean(1)
    logits = torch.einsum("sud,td->sut", x, F.normalize(centre, dim=-1))
    own = (x * F.normalize((centre[:, None] * u - x) / (u - 1), dim=-1)).sum(-1)
    eye = torch.eye(s, dtype=torch.bool, device=x.device)[:, None]
    logits = 10 * torch.where(eye, own[..., None], logits) - 5
    return torch.logsumexp(logits, -1) - (10 * own - 5)


def resonant_ladder(x: Tensor, cutoff: Tensor) -> Tensor:
    """Moog's ladder: four one-pole stages with tangents and feedback, sample by sample."""
    stage = [torch.zeros_like(x[:, 0]) for _ in range(4)]
    out = []
    for t in range(x.shape[1]):
        y = torch.tanh(x[:, t] - 1.5 * stage[3])
        for i in range(4):
            stage[i] = stage[i] + cutoff * (y - torch.tanh(stage[i]))
            y = torch.tanh(stage[i])
        out.append(stage[3])
    return torch.stack(out, 1)


def plucked_string(burst: Tensor, damp: Tensor) -> Tensor:
    """Karplus and Strong: a burst of noise goes round a delay line whose neighbours are averaged."""
    line, out = burst, [burst]
    for _ in range(4):
        line = damp[:, None] * 0.5 * (line + torch.roll(line, 1, -1))
        out.append(line)
    return torch.cat(out, -1)


def modulated_features(x: Tensor, condition: Tensor, scale: Tensor, shift: Tensor, kernel: Tensor) -> Tensor:
    """FiLM between two dilated convolutions: channels scaled and shifted by a speaker's vector."""
    y = F.conv1d(F.leaky_relu(x, 0.2), kernel, padding=2, dilation=2)
    y = y * (1 + condition @ scale)[..., None] + (condition @ shift)[..., None]
    return x + F.conv1d(F.leaky_relu(y, 0.2), kernel, padding=1)
