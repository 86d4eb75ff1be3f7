"""Blocks of today's language, vision, speech and recommendation models as users of PyTorch write them.

They are of given tensors only. None of them is in an earlier file; nineteenth.py gives them their inputs, desk_code.py,
matter_code.py and wave_code.py have the other fields.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- language: layers


def error_function_normaliser(x: Tensor, alpha: Tensor, shift: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Derf: an error function in the place of a norm."""
    return weight * torch.erf(alpha * x + shift) + bias


def self_rescaled_norm(x: Tensor, ask: Tensor, alpha: Tensor, weight: Tensor) -> Tensor:
    """SeeDNorm: an RMS norm whose gain is told by the input itself."""
    gain = torch.tanh(x @ ask)[..., None] * alpha + weight
    return gain * F.rms_norm(x, [x.shape[-1]], eps=1e-5)


def unit_sphere_block(x: Tensor, up: Tensor, down: Tensor, rate: Tensor) -> Tensor:
    """nGPT: a step on the sphere towards what a layer says, of a learned length for each feature."""
    h = F.normalize(x, dim=-1)
    aim = F.normalize(F.linear(F.silu(F.linear(h, up) * math.sqrt(x.shape[-1])), down), dim=-1)
    return F.normalize(h + rate.abs() * (aim - h), dim=-1)


def learned_residual_mix(x: Tensor, weight: Tensor, down: Tensor, up: Tensor, share: Tensor) -> Tensor:
    """LAuReL: a residual with learned shares and a low rank of its own."""
    a, b = torch.softmax(share, 0).unbind(0)
    return a * F.gelu(F.linear(x, weight), approximate="tanh") + b * x + F.linear(F.linear(x, down), up)


def alternating_wide_stream(x: Tensor, weight: Tensor, mix: Tensor, gain: Tensor) -> Tensor:
    """AltUp: several streams guessed from each other, of which only the first is computed, and all corrected by it."""
    guess = torch.einsum("ij,jnd->ind", mix, x)
    told = torch.tanh(F.linear(x[0], weight)) + x[0]
    return guess + gain[:, None, None] * (told - guess[0])


def per_layer_gated_embedding(x: Tensor, token: Tensor, table: Tensor, gate: Tensor, up: Tensor) -> Tensor:
    """Gemma 3n: a small embedding for each layer, gated by the stream and added to it."""
    small = F.embedding(token, table) * math.sqrt(table.shape[-1])
    return x + F.rms_norm(F.linear(F.gelu(F.linear(x, gate)) * small, up), [x.shape[-1]], eps=1e-6)


def attention_beside_scan(q: Tensor, k: Tensor, v: Tensor, decay: Tensor, gain: Tensor) -> Tensor:
    """Hymba: attention and a fading sum over the same values, each normalised, side by side."""
    one = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    keep = torch.sigmoid(decay)
    state, out = torch.zeros_like(v[..., 0, :]), []
    for now in v.unbind(-2):
        state = keep * state + (1 - keep) * now
        out.append(state)
    two = torch.stack(out, -2)
    n = [v.shape[-1]]
    return 0.5 * (gain[0] * F.rms_norm(one, n, eps=1e-5) + gain[1] * F.rms_norm(two, n, eps=1e-5))


def inner_learner_steps(q: Tensor, k: Tensor, v: Tensor, rate: Tensor) -> Tensor:
    """TTT: a linear layer that is trained on each chunk of keys and values, and then asked."""
    weight = q.new_zeros(q.shape[0], q.shape[-1], v.shape[-1])
    out = []
    for a, b, c in zip(q.split(4, 1), k.split(4, 1), v.split(4, 1), strict=True):
        error = b @ weight - c
        weight = weight - torch.sigmoid(rate) * b.mT @ error / b.shape[1]
        out.append(a @ weight)
    return torch.cat(out, 1)


def routed_heads_attention(x: Tensor, router: Tensor, weight: Tensor, out: Tensor) -> Tensor:
    """MoH: each token takes its two best heads, by shares."""
    n = router.shape[0]
    q, k, v = F.linear(x, weight).unflatten(-1, (3, n, -1)).permute(2, 0, 3, 1, 4).unbind(0)
    heads = F.scaled_dot_product_attention(q, k, v)
    best, which = torch.topk(F.linear(x, router), 2, -1)
    share = torch.zeros_like(x[..., :n]).scatter(-1, which, torch.softmax(best, -1))
    return torch.einsum("bhnd,bnh,hdo->bno", heads, share, out)


def absorbed_latent_attention(q: Tensor, turned: Tensor, latent: Tensor, key: Tensor, up: Tensor, v: Tensor) -> Tensor:
    """Decoding with latent keys: queries are taken to the latent space, and values out of it only at the end."""
    ask = torch.einsum("bhd,hdc->bhc", q, up)
    score = torch.einsum("bhc,bnc->bhn", ask, latent) + torch.einsum("bhr,bnr->bhn", turned, key)
    weight = torch.softmax(score / math.sqrt(q.shape[-1] + turned.shape[-1]), -1)
    return torch.einsum("bhn,bnc,hcd->bhd", weight, latent, v)


def block_diffusion_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Attention that sees all of its own block of four, and of every block before."""
    at = torch.arange(q.shape[-2], device=q.device) // 4
    return F.scaled_dot_product_attention(q, k, v, attn_mask=at[:, None] >= at)


def logarithmic_bucket_bias(score: Tensor, table: Tensor) -> tuple[Tensor, Tensor]:
    """T5: scores with a bias for each bucket of distances, which widen, and the buckets' numbers."""
    n = torch.arange(score.shape[-1], device=score.device)
    back = (n[:, None] - n).clamp_min(0)
    far = 4 + (torch.log((back.clamp_min(4)).to(torch.float32) / 4) / math.log(8) * 4).long()
    bucket = torch.where(back < 4, back, far.clamp_max(7))
    return torch.softmax(score + table[:, bucket], -1), bucket


def clipped_query_key_step(query: Tensor, key: Tensor, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """QK-Clip: heads whose largest score is too large have both of their weights shrunk."""
    a, b = torch.einsum("nd,hkd->hnk", x, query), torch.einsum("nd,hkd->hnk", x, key)
    most = (a @ b.mT).abs().amax((-1, -2)) / math.sqrt(query.shape[1])
    root = torch.sqrt((4 / most).clamp_max(1))[:, None, None]
    return query * root, key * root, most


def edited_subspace(x: Tensor, turn: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """ReFT: features edited in a few directions only."""
    basis = F.normalize(turn, dim=-1)
    return x + (F.linear(x, weight, bias) - F.linear(x, basis)) @ basis


# -- language: small numbers


def error_carried_rounding(weight: Tensor, gram: Tensor) -> Tensor:
    """GPTQ: columns rounded one by one, each one's error carried to those after it."""
    eye = torch.eye(gram.shape[-1], dtype=gram.dtype, device=gram.device)
    side = torch.linalg.cholesky(torch.linalg.inv(gram + 0.1 * eye)).mT
    out, w = [], weight
    for i in range(weight.shape[-1]):
        now = torch.round(w[:, i] * 4) / 4
        w = w - ((w[:, i] - now) / side[i, i])[:, None] * side[i]
        out.append(now)
    return torch.stack(out, -1) @ gram


def salient_scale_errors(x: Tensor, weight: Tensor, power: Tensor) -> Tensor:
    """AWQ: how wrong a layer in four bits is, for each power of the inputs' size that weights are scaled by."""
    size = x.abs().mean(0) + 1e-3
    scale = size.pow(power[:, None])
    scale = scale / torch.sqrt(scale.amax(-1, keepdim=True) * scale.amin(-1, keepdim=True))
    w = weight * scale[:, None]
    step = w.abs().amax(-1, keepdim=True) / 7
    rounded = torch.round(w / step).clamp(-8, 7) * step / scale[:, None]
    return (torch.einsum("nd,pod->pno", x, rounded) - F.linear(x, weight)).square().mean((-1, -2))


def half_quadratic_offsets(weight: Tensor) -> Tensor:
    """HQQ: zero points of groups found by four rounds of shrinkage and rounding."""
    step = (weight.amax(-1, keepdim=True) - weight.amin(-1, keepdim=True)) / 15
    zero = -weight.amin(-1, keepdim=True) / step
    for _ in range(4):
        code = torch.round(weight / step + zero).clamp(0, 15)
        gap = weight - step * (code - zero)
        keep = torch.sign(gap) * F.relu(gap.abs() - 0.02 * (gap.abs() + 0.01).rsqrt())
        zero = (code - (weight - keep) / step).mean(-1, keepdim=True)
    return zero.squeeze(-1)


# -- language: losses and decoding


def several_ahead_loss(x: Tensor, weight: Tensor, head: Tensor, label: Tensor) -> Tensor:
    """Tokens one, two and three ahead told by small heads on one trunk."""
    out = []
    for i, w in enumerate(weight.unbind(0)):
        logit = F.linear(x + F.silu(F.linear(x, w)), head)
        n = x.shape[1] - i
        out.append(F.cross_entropy(logit[:, :n].flatten(0, 1), label[:, i:].flatten()))
    return torch.stack(out)


def sorted_vocabularies_distance(student: Tensor, teacher: Tensor) -> Tensor:
    """ULD: how far two models with different vocabularies are apart, by their sorted chances."""
    a, b = (torch.softmax(z, -1).sort(-1, descending=True)[0] for z in (student, teacher))
    return (F.pad(a, (0, b.shape[-1] - a.shape[-1])) - b).abs().sum(-1)


def excess_loss_tokens(loss: Tensor, other: Tensor) -> Tensor:
    """Rho-1: the mean loss of those tokens that are worst beside a reference."""
    gap = loss - other
    level = gap.quantile(0.6, dim=-1, keepdim=True)
    keep = (gap >= level).to(loss.dtype)
    return (loss * keep).sum(-1) / keep.sum(-1)


def layers_contrasted(early: Tensor, late: Tensor) -> Tensor:
    """DoLa: what a late layer adds to the early one that differs most, among likely tokens."""
    p, q = F.log_softmax(late, -1), F.log_softmax(early, -1)
    mid = torch.logaddexp(p, q) - math.log(2)
    far = 0.5 * (p.exp() * (p - mid)).sum(-1) + 0.5 * (q.exp() * (q - mid)).sum(-1)
    chosen = q.gather(0, far.argmax(0)[None, :, None].expand(1, -1, q.shape[-1])).squeeze(0)
    return torch.where(p >= p.amax(-1, keepdim=True) + math.log(0.1), p - chosen, torch.full_like(p, -30.0))


def entropy_cut_tokens(logit: Tensor) -> Tensor:
    """Eta sampling: what is less likely than the entropy allows is cut, and the rest shared out."""
    log = F.log_softmax(logit, -1)
    p = log.exp()
    eta = torch.exp((p * log).sum(-1, keepdim=True)) * 0.3
    kept = torch.where(p >= eta.clamp_max(0.05), p, torch.zeros_like(p))
    return kept / kept.sum(-1, keepdim=True)


def green_list_figure(logit: Tensor, green: Tensor, token: Tensor) -> tuple[Tensor, Tensor]:
    """A watermark: chances with some tokens favoured, and how far a text's share of them is from chance."""
    p = torch.softmax(logit + 2 * green, -1)
    hit = green.gather(-1, token[..., None]).squeeze(-1).sum(-1)
    n = token.shape[-1]
    return p, (hit - 0.25 * n) / math.sqrt(0.1875 * n)


# -- vision


def matching_costs(logit: Tensor, box: Tensor, label: Tensor, target: Tensor) -> Tensor:
    """DETR: what it costs to give each object to each query: class, distance and overlap."""
    p = torch.softmax(logit, -1)[:, label]
    low, high = (torch.cat((z[:, :2] - 0.5 * z[:, 2:], z[:, :2] + 0.5 * z[:, 2:]), -1) for z in (box, target))
    top, under = torch.maximum(low[:, None, :2], high[:, :2]), torch.minimum(low[:, None, 2:], high[:, 2:])
    both = (under - top).clamp_min(0).prod(-1)
    either = box[:, None, 2:].prod(-1) + target[:, 2:].prod(-1) - both
    hull = torch.maximum(low[:, None, 2:], high[:, 2:]) - torch.minimum(low[:, None, :2], high[:, :2])
    giou = both / either - (hull.prod(-1) - either) / hull.prod(-1)
    return 5 * (box[:, None] - target).abs().sum(-1) - p - 2 * giou


def point_sampled_mask_loss(logit: Tensor, mask: Tensor, point: Tensor) -> Tensor:
    """Masks compared at given points only, by cross entropy and by overlap."""
    grid = (2 * point - 1)[:, None]
    a = F.grid_sample(logit, grid, align_corners=False)[:, 0, 0]
    b = F.grid_sample(mask, grid, align_corners=False)[:, 0, 0]
    p = torch.sigmoid(a)
    dice = 1 - (2 * (p * b).sum(-1) + 1) / (p.sum(-1) + b.sum(-1) + 1)
    return 5 * F.binary_cross_entropy_with_logits(a, b, reduction="none").mean(-1) + 5 * dice


def matched_token_merge(x: Tensor, key: Tensor) -> Tensor:
    """ToMe: every second token may join the most alike of the others; the four surest do."""
    k = F.normalize(key, dim=-1)
    best, which = (k[:, ::2] @ k[:, 1::2].mT).max(-1)
    order = best.argsort(-1, descending=True)
    wide = [-1, -1, x.shape[-1]]
    join = order[:, :4]
    stay = x[:, ::2].gather(1, order[:, 4:, None].expand(wide))
    moved = x[:, ::2].gather(1, join[..., None].expand(wide))
    to = which.gather(1, join)
    rest = x[:, 1::2].scatter_add(1, to[..., None].expand(wide), moved)
    count = torch.ones_like(x[:, 1::2, 0]).scatter_add(1, to, torch.ones_like(moved[..., 0]))
    return torch.cat((stay, rest / count[..., None]), 1)


def log_spaced_position_bias(x: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """Swin v2: biases of a window from a small network of logarithms of how far pixels are apart."""
    n = torch.arange(-3, 4, dtype=x.dtype, device=x.device)
    far = torch.sign(n) * torch.log2(1 + 8 * n.abs() / 3) / 3
    at = torch.stack(torch.meshgrid(far, far, indexing="ij"), -1).flatten(0, 1)
    table = 16 * torch.sigmoid(F.linear(F.relu(F.linear(at, first)), second))
    place = torch.arange(4, device=x.device)
    gap = place[:, None] - place + 3
    index = (7 * gap[:, None, :, None] + gap[None, :, None]).reshape(16, 16)
    return torch.softmax(x + table[index].permute(2, 0, 1), -1)


def shuffled_pixel_connector(x: Tensor, weight: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """What joins a picture's tokens to a language model: four made one, a norm and two layers."""
    y = F.pixel_unshuffle(x, 2).flatten(2).mT
    y = F.layer_norm(y, [y.shape[-1]], weight)
    return F.linear(F.gelu(F.linear(y, first)), second)


def affine_free_depth_loss(x: Tensor, target: Tensor) -> Tensor:
    """MiDaS: depths compared after each has lost its median and its mean deviation."""

    def robust(z: Tensor) -> Tensor:
        z = z.flatten(1)
        z = z - z.median(-1, keepdim=True)[0]
        return z / z.abs().mean(-1, keepdim=True)

    return (robust(x) - robust(target)).abs().mean(-1)


def unit_code_lookup(x: Tensor, down: Tensor, code: Tensor, up: Tensor) -> tuple[Tensor, Tensor]:
    """ViT-VQGAN: the nearest code of unit length in a few dimensions, and its number."""
    z, c = F.normalize(F.linear(x, down), dim=-1), F.normalize(code, dim=-1)
    at = (z @ c.mT).argmax(-1)
    return F.linear(c[at], up), at


# -- speech


def dynamic_range_mel(power: Tensor, bank: Tensor) -> Tensor:
    """Whisper: logarithms of bands, cut eight decades below the loudest, and scaled."""
    log = torch.log10((bank @ power).clamp_min(1e-10))
    return (torch.maximum(log, log.amax((-1, -2), keepdim=True) - 2) + 4) / 4


def codebook_diversity(logit: Tensor) -> tuple[Tensor, Tensor]:
    """wav2vec 2.0: how many codes of each book are in use, and what is lost by the rest."""
    p = torch.softmax(logit, -1).mean(0)
    perplexity = torch.exp(-(p * torch.log(p + 1e-7)).sum(-1))
    return perplexity, (logit.shape[-1] * logit.shape[-2] - perplexity.sum()) / (logit.shape[-1] * logit.shape[-2])


def masked_unit_cosine_loss(x: Tensor, weight: Tensor, code: Tensor, unit: Tensor, mask: Tensor) -> Tensor:
    """HuBERT: masked frames told by their likeness to units' embeddings."""
    logit = F.cosine_similarity(F.linear(x, weight)[:, None], code, dim=-1) / 0.1
    loss = F.cross_entropy(logit, unit, reduction="none")
    return (loss * mask).sum() / mask.sum() + 0.1 * (loss * (1 - mask)).sum() / (1 - mask).sum()


def best_monotonic_scores(score: Tensor) -> Tensor:
    """Glow-TTS: the best sum over ways to walk through a text while frames go by."""
    state = F.pad(score[:, :1, 0], (0, score.shape[1] - 1), value=-60.0)
    out = [state]
    for now in score.unbind(-1)[1:]:
        state = now + torch.maximum(state, F.pad(state, (1, 0), value=-60.0)[:, :-1])
        out.append(state)
    return torch.stack(out, -1)


def expanded_by_duration(x: Tensor, length: Tensor) -> Tensor:
    """FastSpeech: each sound repeated as long as it lasts, and how far each frame is into it."""
    end = length.cumsum(-1)
    frame = torch.arange(24, dtype=length.dtype, device=x.device) + 0.5
    at = torch.searchsorted(end, frame.expand(x.shape[0], -1).contiguous()).clamp_max(x.shape[1] - 1)
    into = (frame - (end - length).gather(1, at)) / length.gather(1, at)
    long = x.gather(1, at[..., None].expand(-1, -1, x.shape[-1]))
    return torch.cat((long, into[..., None]), -1)


def chained_scale_convolution(x: Tensor, weight: Tensor) -> Tensor:
    """Res2Net: parts of the channels filtered in a chain, each with what the part before gave."""
    first, *rest = x.chunk(4, 1)
    out = [first]
    last = torch.zeros_like(first)
    for part, w in zip(rest, weight.unbind(0), strict=True):
        last = F.relu(F.conv1d(part + last, w, padding=2, dilation=2))
        out.append(last)
    return torch.cat(out, 1)


def folded_period_features(x: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """HiFi-GAN: a wave folded by a period and filtered along time only."""
    y = F.pad(x, (0, 2), mode="reflect").unflatten(-1, (-1, 5))[:, None]
    y = F.leaky_relu(F.conv2d(y, first, stride=(3, 1), padding=(2, 0)), 0.1)
    return F.conv2d(y, second, padding=(1, 0)).flatten(1)


def sub_centre_logits(x: Tensor, centre: Tensor, label: Tensor) -> Tensor:
    """Sub-centre ArcFace: the best of three centres of each class, with a margin on the angle."""
    cos = torch.einsum("nd,ckd->nck", F.normalize(x, dim=-1), F.normalize(centre, dim=-1)).amax(-1)
    at = cos.gather(1, label[:, None])
    moved = at * math.cos(0.3) - torch.sqrt(1 - at.square() + 1e-3) * math.sin(0.3)
    return 12 * cos.scatter(1, label[:, None], moved)


def hardness_aware_logits(x: Tensor, centre: Tensor, label: Tensor, level: Tensor) -> Tensor:
    """CurricularFace: what is nearer than the true class with its margin counts more, the later the more."""
    cos = F.normalize(x, dim=-1) @ F.normalize(centre, dim=-1).mT
    at = cos.gather(1, label[:, None])
    moved = at * math.cos(0.5) - torch.sqrt(1 - at.square() + 1e-3) * math.sin(0.5)
    hard = torch.where(cos > moved, cos * (level + cos), cos)
    return 8 * hard.scatter(1, label[:, None], moved)


# -- recommendation


def soft_searched_history(item: Tensor, history: Tensor, weight: Tensor) -> Tensor:
    """SIM: the four of a long history that are most like an item, and attention to them."""
    score = torch.einsum("bd,bnd->bn", F.linear(item, weight), history)
    best, at = torch.topk(score, 4, -1)
    near = history.gather(1, at[..., None].expand(-1, -1, history.shape[-1]))
    return (torch.softmax(best / math.sqrt(item.shape[-1]), -1)[..., None] * near).sum(1)


def entire_space_loss(click: Tensor, buy: Tensor, clicked: Tensor, bought: Tensor) -> Tensor:
    """ESMM: conversions learnt over all that was shown, by a product of chances."""
    a, b = F.logsigmoid(click), F.logsigmoid(buy)
    both = a + b
    rest = torch.log(-torch.expm1(both))
    return F.binary_cross_entropy_with_logits(click, clicked, reduction="none") - bought * both - (1 - bought) * rest


def information_transfer_towers(x: Tensor, into: Tensor, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """AITM: each task's tower attends to its own and to what the task before passes on."""
    last, out = torch.zeros_like(x[:, 0]), []
    for i, now in enumerate(x.unbind(1)):
        pair = torch.stack((now, torch.tanh(F.linear(last, into[i]))), 1)
        weight = torch.softmax((F.linear(pair, q) * F.linear(pair, k)).sum(-1) / math.sqrt(q.shape[0]), -1)
        last = (weight[..., None] * F.linear(pair, v)).sum(1)
        out.append(last)
    return torch.stack(out, 1)


def two_stream_bilinear(x: Tensor, y: Tensor, left: Tensor, right: Tensor, weight: Tensor) -> Tensor:
    """FinalMLP: two streams joined head by head by a bilinear form and two linear ones."""
    a, b = x.unflatten(-1, (weight.shape[0], -1)), y.unflatten(-1, (weight.shape[0], -1))
    return (x @ left + y @ right + torch.einsum("nhi,hij,nhj->n", a, weight, b)).sigmoid()


def neighbour_product_layer(user: Tensor, item: Tensor, seen: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """NGCF: what a user's items say, and their products with the user."""
    weight = seen * torch.rsqrt(seen.sum(-1, keepdim=True) + 1) * torch.rsqrt(seen.sum(0) + 1)
    near = weight @ item
    return F.leaky_relu(F.linear(user + near, first) + F.linear(near * user, second), 0.2)


def field_calibrated_logits(logit: Tensor, slope: Tensor, edge: Tensor, bias: Tensor, field: Tensor) -> Tensor:
    """Logits through a rising line of pieces, and moved for each value of a field."""
    return (F.relu(logit[:, None] - edge) * F.softplus(slope)).sum(-1) + edge[0] + bias[field]
