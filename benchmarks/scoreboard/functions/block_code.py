"""Blocks of networks as users of PyTorch write them, of given tensors only: units, cells, pooling, routing, losses.

None of them is in an earlier file; seventeenth.py gives them their inputs, survey_code.py, machine_code.py and
canvas_code.py have the other fields.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- units


def rational_activation(x: Tensor, top: Tensor, bottom: Tensor) -> Tensor:
    """Padé's unit: one polynomial over another that never vanishes."""
    power = torch.stack([x**i for i in range(top.shape[0])], -1)
    return (power * top).sum(-1) / (1 + (power[..., 1 : bottom.shape[0] + 1] * bottom).sum(-1).abs())


def switchable_activation(x: Tensor, one: Tensor, two: Tensor, beta: Tensor) -> Tensor:
    """ACON: a smooth maximum of two lines, whose sharpness is learned for each channel."""
    gap = (one - two) * x
    return gap * torch.sigmoid(beta * gap) + two * x


def funnel_activation(x: Tensor, weight: Tensor) -> Tensor:
    """FReLU: the greater of a pixel and of a filter around it."""
    return torch.maximum(x, F.conv2d(x, weight, padding=1, groups=x.shape[1]))


def integrated_exponential_unit(x: Tensor, up: Tensor, down: Tensor) -> Tensor:
    """xIELU: a square above zero, an exponential less a line below, and half of x everywhere."""
    low = torch.expm1(x.clamp_max(-1e-6)) - x
    return torch.where(x > 0, F.softplus(up) * x * x, (0.5 + F.softplus(down)) * low) + 0.5 * x


def error_function_softplus_unit(x: Tensor) -> Tensor:
    """Serf: x times the error function of its softplus."""
    return x * torch.erf(F.softplus(x))


def gompertz_unit(x: Tensor, weight: Tensor) -> Tensor:
    """GoLU: a linear layer gated by a double exponential."""
    y = F.linear(x, weight)
    return y * torch.exp(-torch.exp(-y))


def sinusoidal_layers(x: Tensor, first: Tensor, second: Tensor, third: Tensor) -> Tensor:
    """SIREN: two layers of sines and a linear one."""
    x = torch.sin(3 * F.linear(x, first))
    return F.linear(torch.sin(3 * F.linear(x, second)), third)


def multiplicative_filter_layers(x: Tensor, centre: Tensor, pitch: Tensor, weight: Tensor) -> Tensor:
    """A network of products of Gabor waves: linear layers, each times a wave of the input."""
    far = (x[:, None, None] - centre).square().sum(-1)
    wave = torch.exp(-0.5 * far) * torch.sin(torch.einsum("nd,lhd->nlh", x, pitch))
    z = wave[:, 0]
    for i in range(weight.shape[0]):
        z = F.linear(z, weight[i]) * wave[:, i + 1]
    return z


def highway_layer(x: Tensor, weight: Tensor, gate: Tensor, bias: Tensor) -> Tensor:
    """A layer and what goes past it, in shares that a gate learns."""
    share = torch.sigmoid(F.linear(x, gate, bias))
    return share * F.relu(F.linear(x, weight)) + (1 - share) * x


def arithmetic_unit(x: Tensor, weight: Tensor, mask: Tensor, gate: Tensor) -> Tensor:
    """NALU: sums, and products by logarithms, of what a weight near -1, 0 or 1 picks."""
    pick = torch.tanh(weight) * torch.sigmoid(mask)
    share = torch.sigmoid(F.linear(x, gate))
    return share * F.linear(x, pick) + (1 - share) * torch.exp(F.linear(torch.log(x.abs() + 1e-3), pick))


def learned_square_unit_mlp(x: Tensor, up: Tensor, down: Tensor, scale: Tensor, bias: Tensor) -> Tensor:
    """StarReLU: a block whose positive parts are squared, scaled and shifted."""
    return F.linear(scale * F.relu(F.linear(x, up)).square() + bias, down)


# -- structured weights


def quaternion_linear(x: Tensor, weight: Tensor) -> Tensor:
    """A linear layer of quaternions, by Hamilton's product: four real weights for sixteen."""
    a, b, c, d = weight.unbind(0)
    rows = ((a, -b, -c, -d), (b, a, -d, c), (c, d, a, -b), (d, -c, b, a))
    return F.linear(x, torch.cat([torch.cat(row, 1) for row in rows], 0))


def tensor_train_linear(x: Tensor, one: Tensor, two: Tensor, three: Tensor) -> Tensor:
    """A weight kept as a train of three cores, multiplied one after another."""
    x = x.unflatten(-1, (one.shape[0], two.shape[1], three.shape[1]))
    x = torch.einsum("nijk,iar->njkar", x, one)
    x = torch.einsum("njkar,rjbs->nkabs", x, two)
    return torch.einsum("nkabs,skc->nabc", x, three).flatten(1)


def circulant_linear(x: Tensor, first: Tensor, sign: Tensor) -> Tensor:
    """A circulant weight's product by Fourier transforms, after signs are flipped."""
    z = torch.fft.rfft(x * sign, dim=-1) * torch.fft.rfft(first, dim=-1)
    return torch.fft.irfft(z, n=x.shape[-1], dim=-1)


def low_rank_filters(x: Tensor, into: Tensor, tall: Tensor, wide: Tensor, out: Tensor) -> Tensor:
    """A convolution as a sum of products: channels in, down, across, channels out."""
    x = F.conv2d(x, into)
    x = F.conv2d(x, tall, padding=(1, 0), groups=x.shape[1])
    return F.conv2d(F.conv2d(x, wide, padding=(0, 1), groups=x.shape[1]), out)


def clifford_layer(x: Tensor, weight: Tensor) -> Tensor:
    """The geometric product of the plane: numbers, vectors and turns, mixed over channels."""
    s, u, v, b = x.unbind(-1)
    p, q, r, t = weight.unbind(-1)
    return torch.stack(
        (
            s @ p.T + u @ q.T + v @ r.T - b @ t.T,
            s @ q.T + u @ p.T - v @ t.T + b @ r.T,
            s @ r.T + v @ p.T + u @ t.T - b @ q.T,
            s @ t.T + b @ p.T + u @ r.T - v @ q.T,
        ),
        -1,
    )


def vector_neuron_layer(x: Tensor, weight: Tensor, turn: Tensor) -> Tensor:
    """Vectors as neurons: what points against a learned direction loses that part."""
    y, d = torch.einsum("oc,bcv->bov", weight, x), torch.einsum("oc,bcv->bov", turn, x)
    along = (y * d).sum(-1, keepdim=True)
    return y - 0.8 * torch.clamp_max(along, 0) * d / (d.square().sum(-1, keepdim=True) + 1e-2)


# -- cells


def minimal_gated_cell(x: Tensor, forget: Tensor, cell: Tensor) -> Tensor:
    """MGU: one gate both forgets and takes."""
    h = torch.zeros_like(x[:, 0])
    for now in x.unbind(1):
        gate = torch.sigmoid(F.linear(torch.cat((now, h), -1), forget))
        h = (1 - gate) * h + gate * torch.tanh(F.linear(torch.cat((now, gate * h), -1), cell))
    return h


def fast_gated_cell(x: Tensor, into: Tensor, within: Tensor, mix: Tensor) -> Tensor:
    """FastGRNN: gate and candidate of one product, with two learned numbers for the mix."""
    h = x.new_zeros(x.shape[0], into.shape[0])
    zeta, nu = torch.sigmoid(mix).unbind(0)
    for now in x.unbind(1):
        pre = F.linear(now, into) + F.linear(h, within)
        gate = torch.sigmoid(pre)
        h = (zeta * (1 - gate) + nu) * torch.tanh(pre + 0.1) + gate * h
    return h


def clockwork_cell(x: Tensor, into: Tensor, within: Tensor) -> Tensor:
    """A clockwork network: parts of the state that move at every first, second and fourth step."""
    h = x.new_zeros(x.shape[0], into.shape[0])
    period = torch.tensor((1, 2, 4), device=x.device).repeat_interleave(into.shape[0] // 3)
    for t, now in enumerate(x.unbind(1)):
        new = torch.tanh(F.linear(now, into) + F.linear(h, within))
        h = torch.where(t % period == 0, new, h)
    return h


def several_scale_statistics(x: Tensor, weight: Tensor, read: Tensor) -> Tensor:
    """The statistical unit: averages of features at four rates, and a readout of all."""
    rate = x.new_tensor((0.0, 0.25, 0.5, 0.9))[:, None]
    m = x.new_zeros(x.shape[0], 4, weight.shape[0])
    for now in x.unbind(1):
        m = rate * m + (1 - rate) * F.relu(F.linear(now, weight))[:, None]
    return F.linear(m.flatten(1), read)


# -- attention


def polar_position_scores(q: Tensor, k: Tensor, pitch: Tensor, shift: Tensor) -> Tensor:
    """PoPE: sizes of queries and keys times cosines of how far apart they are."""
    n = torch.arange(q.shape[-2], dtype=q.dtype, device=q.device)
    angle = (n[:, None] - n)[..., None] * pitch + shift
    weight = torch.einsum("bid,bjd,ijd->bij", F.softplus(q), F.softplus(k), torch.cos(angle))
    return torch.softmax(weight / math.sqrt(q.shape[-1]), -1)


def cosine_sum_bias_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Sandwich: attention with a bias of summed cosines of distances."""
    n = torch.arange(q.shape[-2], dtype=q.dtype, device=q.device)
    pitch = 100.0 ** (-torch.arange(8, dtype=q.dtype, device=q.device) / 8)
    bias = torch.cos((n[:, None] - n)[..., None] * pitch).sum(-1)
    return F.scaled_dot_product_attention(q, k, v, attn_mask=bias)


def synthesised_attention(x: Tensor, up: Tensor, down: Tensor, value: Tensor) -> Tensor:
    """The synthesizer: weights that each word alone makes, with no keys."""
    return torch.softmax(F.linear(F.relu(F.linear(x, up)), down), -1) @ F.linear(x, value)


def mean_block_routed_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Blocks of keys weighted by how a query meets their mean, added to the scores within."""
    mean = k.unflatten(-2, (-1, 6)).mean(-2)
    share = F.log_softmax(q @ mean.mT, -1).repeat_interleave(6, -1)
    return torch.softmax(q @ k.mT / math.sqrt(q.shape[-1]) + share, -1) @ v


def double_attention(x: Tensor, a: Tensor, b: Tensor, v: Tensor) -> Tensor:
    """A²-net: features gathered by one attention over places, and given out by another over features."""
    x = x.flatten(2)
    gather = torch.softmax(b @ x, -1)
    return ((a @ x) @ gather.mT) @ torch.softmax(v @ x, 1)


def split_non_local_block(x: Tensor, query: Tensor, key: Tensor, mask: Tensor) -> Tensor:
    """A non-local block of whitened pairs, and of what every place sees alike."""
    x = x.flatten(2)
    q, k = query @ x, key @ x
    pair = torch.softmax((q - q.mean(-1, keepdim=True)).mT @ (k - k.mean(-1, keepdim=True)), -1)
    return x + x @ (pair + torch.softmax(mask @ x, -1)).mT


def three_way_attention(x: Tensor, weight: Tensor) -> Tensor:
    """Triplet attention: gates of the greatest and the mean along each dimension in turn."""
    total = torch.zeros_like(x)
    for dim in (1, 2, 3):
        z = x.transpose(1, dim)
        pooled = torch.cat((z.amax(1, keepdim=True), z.mean(1, keepdim=True)), 1)
        total = total + (z * torch.sigmoid(F.conv2d(pooled, weight, padding=1))).transpose(1, dim)
    return total / 3


def style_recalibration(x: Tensor, weight: Tensor) -> Tensor:
    """SRM: each channel by a gate of its own mean and deviation."""
    style = torch.stack((x.mean((2, 3)), x.std((2, 3))), -1)
    z = (style * weight).sum(-1)
    return x * torch.sigmoid((z - z.mean(0)) / torch.sqrt(z.var(0, correction=0) + 1e-3))[..., None, None]


def gated_channel_transform(x: Tensor, a: Tensor, g: Tensor, b: Tensor) -> Tensor:
    """GCT: channels compete by their norms, and a tanh turns each up or down."""
    size = a * torch.sqrt(x.square().sum((2, 3)) + 1e-3)
    norm = size * torch.rsqrt(size.square().mean(1, keepdim=True) + 1e-3)
    return x * (1 + torch.tanh(g * norm + b))[..., None, None]


# -- convolutions, pooling, and fusing


def convolution_mixer_block(x: Tensor, deep: Tensor, wide: Tensor) -> Tensor:
    """ConvMixer: a large filter of each channel around a shortcut, then one of all channels, normed by batch."""
    y = F.gelu(F.conv2d(x, deep, padding=deep.shape[-1] // 2, groups=x.shape[1]))
    x = x + F.batch_norm(y, None, None, training=True)
    return F.batch_norm(F.gelu(F.conv2d(x, wide)), None, None, training=True)


def dilated_causal_block(x: Tensor, one: Tensor, two: Tensor) -> Tensor:
    """A temporal block: two dilated filters that see the past only, and a shortcut."""
    y = F.relu(F.conv1d(F.pad(x, (2 * (one.shape[-1] - 1), 0)), one, dilation=2))
    return F.relu(x + F.conv1d(F.pad(y, (2 * (two.shape[-1] - 1), 0)), two, dilation=2))


def fourier_unit(x: Tensor, weight: Tensor) -> Tensor:
    """A fast Fourier convolution: one layer on real and imaginary parts of the whole picture."""
    z = torch.fft.rfft2(x, norm="ortho")
    z = F.relu(F.conv2d(torch.cat((z.real, z.imag), 1), weight))
    real, imaginary = z.chunk(2, 1)
    return torch.fft.irfft2(torch.complex(real, imaginary), s=x.shape[-2:], norm="ortho")


def exponential_pooling(x: Tensor) -> Tensor:
    """SoftPool: windows' means, weighted by exponentials of what is in them."""
    weight = torch.exp(x)
    return F.avg_pool2d(x * weight, 2) / F.avg_pool2d(weight, 2)


def residual_codes_pooling(x: Tensor, centre: Tensor, weight: Tensor) -> Tensor:
    """NetVLAD: how features differ from each centre, by soft assignment, normed twice."""
    share = torch.softmax(F.linear(x, weight), -1)
    code = torch.einsum("nlk,nld->nkd", share, x) - share.sum(1)[..., None] * centre
    return F.normalize(F.normalize(code, dim=-1).flatten(1), dim=-1)


def mixture_gradient_pooling(x: Tensor, mean: Tensor, log_scale: Tensor) -> Tensor:
    """A Fisher vector: slopes of a mixture's likelihood by its means and scales, averaged over points."""
    z = (x[:, :, None] - mean) * torch.exp(-log_scale)
    share = torch.softmax(-0.5 * z.square().sum(-1) - log_scale.sum(-1), -1)[..., None]
    code = torch.cat(((share * z).mean(1), (share * (z.square() - 1)).mean(1) / math.sqrt(2)), -1).flatten(1)
    return F.normalize(torch.sign(code) * torch.sqrt(code.abs() + 1e-3), dim=-1)


def weighted_feature_fusion(x: Tensor, y: Tensor, z: Tensor, weight: Tensor) -> Tensor:
    """BiFPN: pictures of three sizes, summed by positive weights that are divided by their sum."""
    share = F.relu(weight) / (F.relu(weight).sum() + 1e-3)
    up = F.interpolate(x, size=y.shape[-2:], mode="nearest")
    return F.silu(share[0] * up + share[1] * y + share[2] * F.max_pool2d(z, 2))


def adaptive_level_fusion(x: Tensor, y: Tensor, z: Tensor, weight: Tensor) -> Tensor:
    """ASFF: three levels, each place choosing its shares of them by a softmax."""
    level = torch.stack((x, y, z), 1)
    score = torch.einsum("blchw,lc->blhw", level, weight)
    return (level * torch.softmax(score, 1)[:, :, None]).sum(1)


def sorted_feature_pooling(x: Tensor, weight: Tensor) -> Tensor:
    """FSPool: each feature of a set sorted, and summed with weights of its rank."""
    return (torch.sort(x, 1, descending=True)[0] * weight).sum(1)


# -- graphs


def recursive_graph_filter(x: Tensor, edge: Tensor, weight: Tensor, root: Tensor) -> Tensor:
    """ARMA: a recursion over a normalised graph, in which the input comes in at each step."""
    degree = edge.sum(-1).rsqrt()
    graph = degree[:, None] * edge * degree
    z = x
    for _ in range(3):
        z = F.relu(graph @ z @ weight + x @ root)
    return z


def mixture_kernel_convolution(x: Tensor, place: Tensor, mean: Tensor, scale: Tensor, weight: Tensor) -> Tensor:
    """MoNet: neighbours weighted by Gaussians of where they are, one weight for each."""
    gap = place[:, None] - place
    kernel = torch.exp(-0.5 * ((gap[:, :, None] - mean) / scale).square().sum(-1))
    return torch.einsum("ijk,jc,kco->io", kernel / x.shape[0], x, weight)


def crystal_convolution(x: Tensor, bond: Tensor, end: Tensor, gate: Tensor, core: Tensor) -> Tensor:
    """CGCNN: a gate and a softplus of both atoms and their bond, added to each atom."""
    z = torch.cat((x[:, None].expand(-1, end.shape[1], -1), x[end], bond), -1)
    return F.softplus(x + (torch.sigmoid(F.linear(z, gate)) * F.softplus(F.linear(z, core))).sum(1))


# -- losses and steps


def noise_contrastive_alignment(chosen: Tensor, reject: Tensor, reward: Tensor) -> Tensor:
    """NCA: each answer's likelihood pulled by its reward's share, and all pushed down alike."""
    both = torch.stack((chosen, reject), -1)
    share = torch.softmax(reward, -1)
    return -(share * F.logsigmoid(both)).sum(-1) - 0.5 * F.logsigmoid(-both).sum(-1)


def kept_likelihood_preference_loss(won: Tensor, won_old: Tensor, lost: Tensor, lost_old: Tensor) -> Tensor:
    """DPO-positive: preference with a price where the better answer grew less likely."""
    gain = won - won_old
    return -F.logsigmoid(0.3 * (gain - (lost - lost_old) - 5 * F.relu(-gain))).mean()


def entropy_weighted_tokens(logit: Tensor, label: Tensor) -> Tensor:
    """Losses of tokens, weighted by how unsure the model is of each."""
    log = F.log_softmax(logit, -1)
    doubt = -(log.exp() * log).sum(-1)
    loss = F.nll_loss(log.transpose(1, 2), label, reduction="none")
    return (loss * doubt / doubt.mean(-1, keepdim=True)).mean(-1)


def mean_flow_error(x: Tensor, noise: Tensor, weight: Tensor, begin: Tensor, end: Tensor) -> Tensor:
    """MeanFlow: a mean speed against the speed less its slope in time, of a tanh network."""
    z = (1 - end) * x + end * noise
    speed, span = noise - x, end - begin
    told = torch.tanh(F.linear(z, weight) + span)
    slope = (1 - told.square()) * (F.linear(speed, weight) + 1)
    return (told - (speed - span * slope)).square().mean(-1)


def perturbed_routing(x: Tensor, router: Tensor, spread: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
    """Noisy gates: shares of experts, and the chance that each stays above the third best."""
    clean, width = x @ router, F.softplus(x @ spread) + 0.1
    noisy = clean + width * noise
    edge = noisy.topk(3, -1)[0][..., -1:]
    return torch.softmax(noisy, -1), torch.special.ndtr((clean - edge) / width).mean(0)


def balanced_token_shares(score: Tensor) -> Tensor:
    """Tokens spread over experts so that each gets the same, by five rounds of scaling in logarithms."""
    for _ in range(5):
        score = score - torch.logsumexp(score, 0, keepdim=True)
        score = score - torch.logsumexp(score, 1, keepdim=True)
    return score.exp()
