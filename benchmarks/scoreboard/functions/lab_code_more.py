"""Parts of models as users of PyTorch write them, of given tensors only: recommendation, graphs, control, science.

None of them is in an earlier file; eleventh.py gives them their inputs, lab_code.py has the other fields.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- recommendation and graphs


def attentional_pairs(x: Tensor, weight: Tensor, score: Tensor, out: Tensor) -> Tensor:
    """AFM: products of all pairs of fields, weighed by a small network's attention."""
    i, j = torch.triu_indices(x.shape[1], x.shape[1], 1, device=x.device)
    pair = x[:, i] * x[:, j]
    share = torch.softmax(torch.relu(pair @ weight) @ score, 1)
    return (share[..., None] * pair).sum(1) @ out


def attention_gated_recurrence(x: Tensor, goal: Tensor, wi: Tensor, wh: Tensor) -> Tensor:
    """DIEN: a GRU over a history whose update gate is scaled by how each item fits the candidate."""
    score = torch.softmax(torch.einsum("ntd,nd->nt", x, goal) * x.shape[-1] ** -0.5, -1)
    h, out = torch.zeros_like(x[:, 0]), []
    for t in range(x.shape[1]):
        r, z, n = (x[:, t] @ wi).chunk(3, -1)
        hr, hz, hn = (h @ wh).chunk(3, -1)
        z = score[:, t, None] * torch.sigmoid(z + hz)
        h = (1 - z) * h + z * torch.tanh(n + torch.sigmoid(r + hr) * hn)
        out.append(h)
    return torch.stack(out, 1)


def plackett_luce_loss(score: Tensor) -> Tensor:
    """ListMLE: each item of a list in its right order against all that come after it."""
    return score.flip(-1).logcumsumexp(-1).flip(-1) - score


def relaxed_order(score: Tensor) -> Tensor:
    """NeuralSort: a soft permutation that sorts each row."""
    n = score.shape[-1]
    apart = (score[:, :, None] - score[:, None]).abs().sum(-1)
    rank = n + 1 - 2 * torch.arange(1, n + 1, dtype=score.dtype, device=score.device)
    return torch.softmax((rank[:, None] * score[:, None] - apart[:, None]) / 2.0, -1)


def linear_bandit(design: Tensor, reward: Tensor, arm: Tensor) -> Tensor:
    """LinUCB: each arm's estimate and a bonus for what was seldom tried, by one factorisation."""
    eye = torch.eye(design.shape[-1], dtype=design.dtype, device=design.device)
    root = torch.linalg.cholesky(design.mT @ design + eye)
    theta = torch.cholesky_solve(design.mT @ reward[..., None], root)
    wide = torch.linalg.solve_triangular(root, arm.mT, upper=False).norm(dim=-2)
    return (arm @ theta).squeeze(-1) + 0.7 * wide


def initial_residual_layer(x: Tensor, first: Tensor, near: Tensor, weight: Tensor) -> Tensor:
    """GCNII: a deep graph's layer that keeps some of its start, and a weight near to the identity."""
    near = near + torch.eye(len(near), dtype=x.dtype, device=x.device)
    root = near.sum(-1).rsqrt()
    mixed = 0.9 * (root[:, None] * near * root) @ x + 0.1 * first
    return torch.relu(0.7 * mixed + 0.3 * mixed @ weight)


def quaternion_triples(head: Tensor, relation: Tensor, tail: Tensor) -> Tensor:
    """QuatE: a head turned by a relation of unit quaternions, along all tails."""
    a, b, c, d = head.unflatten(-1, (-1, 4)).unbind(-1)
    p, q, r, s = F.normalize(relation.unflatten(-1, (-1, 4)), dim=-1).unbind(-1)
    turned = torch.stack(
        [
            *(a * p - b * q - c * r - d * s, a * q + b * p + c * s - d * r),
            *(a * r - b * s + c * p + d * q, a * s + b * r - c * q + d * p),
        ],
        -1,
    )
    return turned.flatten(-2) @ tail.T


def box_entailment(low: Tensor, side: Tensor) -> Tensor:
    """Box embeddings: the logarithm of how much of each soft box lies in each other."""
    high = low + F.softplus(side)
    inner = F.softplus(torch.minimum(high[:, None], high) - torch.maximum(low[:, None], low), beta=4)
    return (inner.log() - F.softplus(high - low, beta=4).log()[:, None]).sum(-1)


def katz_centrality(near: Tensor) -> Tensor:
    """How many walks reach each node, long ones worth less: one linear system."""
    eye = torch.eye(near.shape[-1], dtype=near.dtype, device=near.device)
    return torch.linalg.solve(eye - 0.15 * near.mT, torch.ones_like(near[..., :1])).squeeze(-1)


def soft_modularity(near: Tensor, assign: Tensor) -> Tensor:
    """How much more edges soft communities have than by chance, node by node."""
    near = near + near.mT
    s, degree = assign.softmax(-1), near.sum(-1)
    total = degree.sum(-1, keepdim=True)
    chance = degree[..., None] * (degree[..., None, :] @ s) / total[..., None]
    return ((near @ s - chance) * s).sum(-1) / total


# -- reinforcement learning and control


def cosine_quantiles(state: Tensor, fraction: Tensor, embed: Tensor, head: Tensor) -> Tensor:
    """IQN: values at given quantiles, which cosines of them modulate."""
    k = torch.arange(embed.shape[0], dtype=state.dtype, device=state.device)
    wave = torch.relu(torch.cos(math.pi * k * fraction[..., None]) @ embed)
    return (state[:, None] * wave) @ head


def squeezed_target(reward: Tensor, following: Tensor) -> Tensor:
    """R2D2's targets: a value unsqueezed, discounted, squeezed again by a signed root."""
    root = torch.sqrt(1 + 4 * 0.01 * (following.abs() + 1 + 0.01))
    value = following.sign() * (((root - 1) / (2 * 0.01)).square() - 1)
    target = reward + 0.97 * value
    return target.sign() * (torch.sqrt(target.abs() + 1) - 1) + 0.01 * target


def particle_estimate(particle: Tensor, seen: Tensor, spread: Tensor) -> Tensor:
    """A particle filter: weights by how well ranges to four beacons fit, their mean and effective number."""
    beacon = particle.new_tensor([[3.0, 0.0], [0.0, 3.0], [-3.0, 0.0], [0.0, -3.0]])
    reach = torch.sqrt((particle[:, :, None] - beacon).square().sum(-1) + 1e-2)
    w = torch.softmax(-0.5 * ((reach - seen[:, None]) / spread[:, None, None]).square().sum(-1), -1)
    mean = (w[..., None] * particle).sum(1)
    return torch.cat([mean, 1 / w.square().sum(-1, keepdim=True)], -1)


def link_transforms(angle: Tensor, link: Tensor) -> Tensor:
    """Denavit and Hartenberg: a robot's frames, one link after the other; the last one and all places."""
    place, frame = [], torch.eye(4, dtype=angle.dtype, device=angle.device).expand(len(angle), 4, 4)
    for i, (a, d, twist) in enumerate(link):
        c, s = angle[:, i].cos(), angle[:, i].sin()
        ct, st, o = twist.cos(), twist.sin(), torch.zeros_like(c)
        row = [c, -s * ct, s * st, a * c, s, c * ct, -c * st, a * s, o, o + st, o + ct, o + d, o, o, o, o + 1]
        frame = frame @ torch.stack(row, -1).unflatten(-1, (4, 4))
        place.append(frame[:, :3, 3])
    return torch.cat([torch.stack(place, 1), frame[:, :3, :3]], 1)


def cart_pole_rollout(state: Tensor, gain: Tensor) -> Tensor:
    """Six steps of a cart and pole under linear feedback, its force limited by a tangent."""
    out = []
    for _ in range(6):
        _, speed, angle, rate = state.unbind(-1)
        force = 10 * torch.tanh((state * gain).sum(-1))
        sin, cos = angle.sin(), angle.cos()
        push = (force + 0.05 * rate.square() * sin) / 1.1
        spin = (9.8 * sin - cos * push) / (0.5 * (4 / 3 - 0.1 * cos.square() / 1.1))
        move = push - 0.05 * spin * cos / 1.1
        state = state + 0.02 * torch.stack([speed, move, rate, spin], -1)
        out.append(state)
    return torch.stack(out, 1)


# -- physics, chemistry and biology


def three_body_energy(place: Tensor) -> Tensor:
    """Stillinger and Weber: angles of all pairs of neighbours around each atom, with smooth ends."""
    n = place.shape[-2]
    line = place[..., None, :, :] - place[..., :, None, :]
    d = torch.sqrt(line.square().sum(-1) + 0.05)
    eye = torch.eye(n, dtype=torch.bool, device=place.device)
    fade = torch.exp(1.2 / (d - 4).clamp_max(-0.1)).masked_fill(eye | (d > 3.9), 0.0)
    unit = line / d[..., None]
    bend = (unit @ unit.mT + 1 / 3).square() * fade[..., :, None] * fade[..., None, :]
    return 0.5 * (bend.sum((-2, -1)) - bend.diagonal(dim1=-2, dim2=-1).sum(-1))


def langevin_steps(place: Tensor, speed: Tensor, noise: Tensor) -> Tensor:
    """BAOAB in a double well: kick, drift, friction with given noise, drift, kick."""
    keep = math.exp(-0.1)
    for kick in noise.unbind(0):
        speed = speed + 0.05 * (place - place**3)
        place = place + 0.05 * speed
        speed = keep * speed + math.sqrt(1 - keep * keep) * kick
        place = place + 0.05 * speed
        speed = speed + 0.05 * (place - place**3)
    return torch.cat([place, speed], -1)


def vorticity_step(w: Tensor) -> Tensor:
    """Two-dimensional flow on a torus: velocity from vorticity in Fourier space, advection, implicit friction."""
    h, n = w.shape[-2:]
    ky = torch.fft.fftfreq(h, 1 / h, dtype=w.dtype, device=w.device)[:, None]
    kx = torch.fft.rfftfreq(n, 1 / n, dtype=w.dtype, device=w.device)
    k2 = kx.square() + ky.square()
    hat = torch.fft.rfft2(w)
    stream = hat / k2.clamp_min(1.0)
    u, v, wx, wy = (
        torch.fft.irfft2(torch.complex(-k * f.imag, k * f.real), s=(h, n))
        for k, f in ((ky, stream), (-kx, stream), (kx, hat), (ky, hat))
    )
    return torch.fft.irfft2((hat - 0.05 * torch.fft.rfft2(u * wx + v * wy)) / (1 + 0.05 * 0.1 * k2), s=(h, n))


def weighted_reconstruction(u: Tensor) -> Tensor:
    """WENO of order five: values at the cells' right faces on a ring, from three stencils by their smoothness."""
    a, b, c, d, e = (u.roll(s, -1) for s in (2, 1, 0, -1, -2))
    rough = (
        13 / 12 * (a - 2 * b + c).square() + 0.25 * (a - 4 * b + 3 * c).square(),
        13 / 12 * (b - 2 * c + d).square() + 0.25 * (b - d).square(),
        13 / 12 * (c - 2 * d + e).square() + 0.25 * (3 * c - 4 * d + e).square(),
    )
    guess = ((2 * a - 7 * b + 11 * c) / 6, (-b + 5 * c + 2 * d) / 6, (2 * c + 5 * d - e) / 6)
    weight = [g / (1e-2 + r).square() for g, r in zip((0.1, 0.6, 0.3), rough, strict=True)]
    return sum((w * g for w, g in zip(weight, guess, strict=True)), torch.zeros_like(u)) / sum(weight)


def gas_flux_step(density: Tensor, speed: Tensor, pressure: Tensor) -> Tensor:
    """Euler's equations of a gas on a ring: one step with fluxes by Harten, Lax and van Leer."""
    energy = pressure / 0.4 + 0.5 * density * speed.square()
    state = torch.stack([density, density * speed, energy], 1)
    flux = torch.stack([density * speed, density * speed.square() + pressure, speed * (energy + pressure)], 1)
    sound = torch.sqrt(1.4 * pressure / density)
    right_state, right_flux = state.roll(-1, -1), flux.roll(-1, -1)
    low = torch.minimum(speed - sound, (speed - sound).roll(-1, -1)).clamp_max(0)[:, None]
    high = torch.maximum(speed + sound, (speed + sound).roll(-1, -1)).clamp_min(0)[:, None]
    face = (high * flux - low * right_flux + low * high * (right_state - state)) / (high - low)
    return state - 0.1 * (face - face.roll(1, -1))


def back_traced_smoke(smoke: Tensor, flow: Tensor) -> Tensor:
    """Stable fluids: what was where the flow comes from, bilinear, and a little decay."""
    h, w = smoke.shape[-2:]
    row = torch.linspace(-1, 1, h, dtype=smoke.dtype, device=smoke.device)[:, None].expand(h, w)
    column = torch.linspace(-1, 1, w, dtype=smoke.dtype, device=smoke.device).expand(h, w)
    grid = torch.stack([column, row], -1) - 0.15 * flow.permute(0, 2, 3, 1)
    return 0.98 * F.grid_sample(smoke, grid, padding_mode="border", align_corners=True)


def squid_axon(voltage: Tensor, m: Tensor, h: Tensor, n: Tensor, current: Tensor) -> Tensor:
    """Hodgkin and Huxley: three steps of a membrane's voltage and its three gates."""
    out = []
    for _ in range(3):
        am, ah, an = 2.5 / (1 + torch.exp(-voltage)), 0.1 * torch.exp(-voltage), 0.6 * torch.sigmoid(voltage)
        bm, bh, bn = 1.5 * torch.exp(-voltage), torch.sigmoid(2 * voltage), 0.3 * torch.exp(-0.5 * voltage)
        push = current - 12 * m**3 * h * (voltage - 1.2) - 3.6 * n**4 * (voltage + 0.8) - 0.3 * (voltage + 0.5)
        voltage = voltage + 0.02 * push
        m, h, n = (g + 0.02 * (a * (1 - g) - b * g) for g, a, b in ((m, am, bm), (h, ah, bh), (n, an, bn)))
        out.append(voltage)
    return torch.stack([*out, m, h, n], -1)


def pruned_tree_likelihood(length: Tensor, base: Tensor) -> Tensor:
    """Felsenstein's pruning of four species under Jukes and Cantor, site by site, in logarithms."""
    same = 0.25 + 0.75 * torch.exp(-4 / 3 * length)
    other = 0.25 - 0.25 * torch.exp(-4 / 3 * length)
    eye = torch.eye(4, dtype=length.dtype, device=length.device)
    p = other[:, None, None] + (same - other)[:, None, None] * eye
    leaf = F.one_hot(base, 4).to(length.dtype)
    up = [leaf[i] @ p[i] for i in range(4)]
    return torch.log(0.25 * (((up[0] * up[1]) @ p[4]) * ((up[2] * up[3]) @ p[5])).sum(-1))


def thin_film_reflectance(index: Tensor, thick: Tensor, wave: Tensor) -> Tensor:
    """Layers on glass: what light of each wavelength is reflected, by products of 2 × 2 matrices."""
    a, b = torch.ones_like(wave), torch.full_like(wave, 1.5)
    top, low = torch.complex(a, torch.zeros_like(a)), torch.complex(b, torch.zeros_like(b))
    for n, d in zip(index.unbind(-1), thick.unbind(-1), strict=True):
        phase = 2 * math.pi * n[:, None] * d[:, None] / wave
        cos, sin = phase.cos(), phase.sin()
        turned = torch.complex(torch.zeros_like(sin), sin)
        top, low = cos * top + turned / n[:, None] * low, turned * n[:, None] * top + cos * low
    r = (top - low) / (top + low)
    return r.real.square() + r.imag.square()


def comoving_distance(matter: Tensor, state: Tensor) -> Tensor:
    """How far galaxies are at 24 redshifts in a flat universe, by trapezoids, and how bright in magnitudes."""
    z = torch.linspace(0, 2, 25, dtype=matter.dtype, device=matter.device)
    dark = (1 - matter)[:, None] * (1 + z) ** (3 * (1 + state[:, None]))
    inverse = torch.rsqrt(matter[:, None] * (1 + z) ** 3 + dark)
    far = torch.cumulative_trapezoid(inverse, z, dim=-1)
    return torch.stack([far, 5 * torch.log10((1 + z[1:]) * far)], -1)


def powder_scattering(place: Tensor, strength: Tensor, q: Tensor) -> Tensor:
    """Debye's formula: intensity of X-rays from all pairs of atoms of a molecule."""
    d = torch.sqrt((place[:, None] - place).square().sum(-1) + 1e-3)
    pair = strength[:, None] * strength
    return (pair * torch.sinc(q[:, None, None] * d / math.pi)).sum((-2, -1)) / strength.square().sum()


def plastic_return(strain: Tensor, hardening: Tensor) -> Tensor:
    """Metal beyond its limit: a trial stress brought back to von Mises' cylinder, which hardens."""
    strain = 0.5 * (strain + strain.mT)
    eye = torch.eye(3, dtype=strain.dtype, device=strain.device)
    mean = strain.diagonal(dim1=-2, dim2=-1).mean(-1)[:, None, None]
    trial = 2 * (strain - mean * eye)
    size = torch.sqrt(1.5 * trial.square().sum((-2, -1)) + 1e-3)
    slip = torch.relu(size - 0.4) / (3 + hardening)
    return trial * (1 - 3 * slip / size)[:, None, None] + 3 * mean * eye


def chain_bands(hop: Tensor, onsite: Tensor) -> Tensor:
    """Tight binding: energies of a cell of five sites at nine wave numbers, from real symmetric matrices."""
    k = torch.linspace(0, math.pi, 9, dtype=hop.dtype, device=hop.device)
    near = torch.diag_embed(hop[:, :4], offset=1)
    near = near + near.mT + torch.diag_embed(onsite)
    far = torch.zeros_like(near)
    far[:, 0, 4], far[:, 4, 0] = hop[:, 4], hop[:, 4]
    return torch.linalg.eigvalsh(near[:, None] + k.cos()[:, None, None] * far[:, None])


# -- finance


def option_greeks(spot: Tensor, strike: Tensor, vol: Tensor, time: Tensor) -> Tensor:
    """A call's delta, gamma, vega and theta at a rate of three per cent."""
    root = vol * time.sqrt()
    d1 = (torch.log(spot / strike) + (0.03 + 0.5 * vol.square()) * time) / root
    bell = torch.exp(-0.5 * d1.square()) / math.sqrt(2 * math.pi)
    delta = 0.5 * torch.erfc(-d1 / math.sqrt(2))
    carry = 0.03 * strike * torch.exp(-0.03 * time) * torch.special.ndtr(d1 - root)
    return torch.stack(
        [delta, bell / (spot * root), spot * bell * time.sqrt(), -spot * bell * vol / (2 * time.sqrt()) - carry], -1
    )


def implied_volatility(price: Tensor, forward: Tensor) -> Tensor:
    """The volatility of a call on a unit strike that explains its price, by five of Newton's steps."""
    log, vol = forward.log(), torch.full_like(price, 0.6)
    for _ in range(5):
        d1 = log / vol + 0.5 * vol
        worth = forward * torch.special.ndtr(d1) - torch.special.ndtr(d1 - vol)
        vega = forward * torch.exp(-0.5 * d1.square()) / math.sqrt(2 * math.pi)
        vol = (vol - (worth - price) / vega.clamp_min(0.05)).clamp(0.05, 3.0)
    return vol


def jump_diffusion_call(spot: Tensor, vol: Tensor, rate: Tensor) -> Tensor:
    """Merton: calls on a unit strike after up to seven jumps, by Poisson's weights."""
    k = torch.arange(8, dtype=spot.dtype, device=spot.device)
    weight = torch.exp(k * torch.log(rate)[:, None] - rate[:, None] - torch.lgamma(k + 1))
    spread = torch.sqrt(vol.square()[:, None] + 0.04 * k)
    forward = spot[:, None] * torch.exp(0.02 * k - 0.02 * rate[:, None])
    d1 = forward.log() / spread + 0.5 * spread
    return (weight * (forward * torch.special.ndtr(d1) - torch.special.ndtr(d1 - spread))).sum(-1)


def self_exciting_likelihood(gap: Tensor, base: Tensor, jump: Tensor, fade: Tensor) -> Tensor:
    """Hawkes: log-intensity of each event less what was expected since the one before."""
    excited, out = torch.zeros_like(base), []
    for t in range(gap.shape[1]):
        left = torch.exp(-fade * gap[:, t])
        expected = base * gap[:, t] + excited * (1 - left) / fade
        excited = excited * left
        out.append(torch.log(base + excited) - expected)
        excited = excited + jump
    return torch.stack(out, 1)


# -- statistics and learning


def skew_normal_log_density(x: Tensor, place: Tensor, scale: Tensor, skew: Tensor) -> Tensor:
    """Azzalini's: a normal density twice, times a normal cumulation, in logarithms."""
    z = (x - place) / scale
    return math.log(2 / math.sqrt(2 * math.pi)) - scale.log() - 0.5 * z.square() + torch.special.log_ndtr(skew * z)


def local_regression(at: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """LOESS with Gaussian weights: a line through the neighbourhood of each place, in closed form."""
    d = x - at[:, None]
    w = torch.exp(-0.5 * (d / 0.5).square())
    s0, s1, s2 = (torch.sum(w * d**p, -1) for p in range(3))
    t0, t1 = w @ y, (w * d) @ y
    return (s2 * t0 - s1 * t1) / (s0 * s2 - s1.square() + 1e-3)


def distance_covariance(x: Tensor, y: Tensor) -> Tensor:
    """Székely: doubly centred distances of two samples, multiplied, row by row."""
    a, b = (torch.sqrt((t[:, None] - t).square().sum(-1) + 1e-3) for t in (x, y))
    a, b = (d - d.mean(0) - d.mean(1, keepdim=True) + d.mean() for d in (a, b))
    return (a * b).mean(1) / torch.sqrt(a.square().mean() * b.square().mean())


def stein_step(x: Tensor, mean: Tensor) -> Tensor:
    """Stein variational descent: particles drawn to a normal distribution and pushed off each other."""
    line = x[:, None] - x
    kernel = torch.exp(-line.square().sum(-1) / (2 * x.shape[-1]))
    drive = kernel @ (mean - x) + (kernel[..., None] * line).sum(1) / x.shape[-1]
    return x + 0.2 * drive / len(x)


def logistic_leapfrog(place: Tensor, momentum: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """Hamiltonian Monte Carlo: five leapfrog steps on a logistic posterior, and the energy."""
    for _ in range(5):
        momentum = momentum + 0.05 * ((y - torch.sigmoid(place @ x.T)) @ x - place)
        place = place + 0.1 * momentum
        momentum = momentum + 0.05 * ((y - torch.sigmoid(place @ x.T)) @ x - place)
    logit = place @ x.T
    energy = (F.softplus(logit) - y * logit).sum(-1) + 0.5 * (place.square() + momentum.square()).sum(-1)
    return torch.cat([place, momentum, energy[:, None]], -1)


def smoothed_level(x: Tensor, drift: Tensor, noise: Tensor) -> Tensor:
    """A local level forwards by Kalman's filter and backwards by Rauch's smoother."""
    mean, var, kept = x[:, 0], noise.expand(len(x)), []
    for t in range(x.shape[1]):
        guess = var + drift
        gain = guess / (guess + noise)
        mean, var = mean + gain * (x[:, t] - mean), (1 - gain) * guess
        kept.append((mean, var))
    out = [kept[-1][0]]
    for mean, var in reversed(kept[:-1]):
        out.append(mean + var / (var + drift) * (out[-1] - mean))
    return torch.stack(out[::-1], 1)


def neighbour_embedding_slope(y: Tensor, x: Tensor) -> Tensor:
    """t-SNE: the slope of its divergence at a map of points, with one width for all."""
    eye = torch.eye(len(x), dtype=torch.bool, device=x.device)
    p = (-torch.cdist(x, x, compute_mode="donot_use_mm_for_euclid_dist").square()).masked_fill(eye, -1e4).softmax(-1)
    p = (p + p.T) / (2 * len(x))
    line = y[:, None] - y
    near = (1 / (1 + line.square().sum(-1))).masked_fill(eye, 0.0)
    return 4 * (((p - near / near.sum()) * near)[..., None] * line).sum(1) * len(x)


def non_negative_factors(x: Tensor, w: Tensor, h: Tensor) -> Tensor:
    """Lee and Seung: three multiplicative rounds of both factors, and their product."""
    for _ in range(3):
        h = h * (w.mT @ x) / (w.mT @ w @ h + 1e-3)
        w = w * (x @ h.mT) / (w @ (h @ h.mT) + 1e-3)
    return w @ h


def soft_tree(x: Tensor, split: Tensor, bias: Tensor, leaf: Tensor) -> Tensor:
    """A differentiable tree of depth three: leaves weighed by the chances of their paths."""
    go = torch.sigmoid(x @ split + bias)
    path = torch.ones_like(go[:, :1])
    for depth in range(3):
        here = go[:, 2**depth - 1 : 2 ** (depth + 1) - 1]
        path = torch.stack([path * (1 - here), path * here], -1).flatten(1)
    return path @ leaf


def coding_rate_reduction(x: Tensor, member: Tensor) -> Tensor:
    """MCR²: how many bits all samples take, less those that each soft class takes, by determinants."""
    n, d = x.shape[-2:]
    eye = torch.eye(d, dtype=x.dtype, device=x.device)
    x, share = F.normalize(x, dim=-1), member.softmax(-1)
    whole = 0.5 * torch.logdet(eye + d / (n * 0.25) * x.mT @ x)
    size = share.sum(-2)
    each = torch.einsum("bnk,bni,bnj->bkij", share, x, x) * (d / (size * 0.25))[..., None, None]
    return whole[:, None] - 0.5 * size / n * torch.logdet(eye + each)


def spline_flow(x: Tensor, width: Tensor, height: Tensor, slope: Tensor) -> tuple[Tensor, Tensor]:
    """A neural spline flow: rational quadratic pieces on [-2, 2], and the logarithm of their slope."""

    def knots(t: Tensor) -> Tensor:
        share = 0.02 + (1 - 0.02 * t.shape[-1]) * t.softmax(-1)
        return F.pad(4 * share.cumsum(-1), (1, 0)) - 2

    xs, ys, rate = knots(width), knots(height), 0.1 + F.softplus(slope)
    piece = torch.searchsorted(xs[..., 1:-1].contiguous(), x[..., None])
    x0, y0, d0 = (t.gather(-1, piece).squeeze(-1) for t in (xs, ys, rate))
    x1, y1, d1 = (t.gather(-1, piece + 1).squeeze(-1) for t in (xs, ys, rate))
    s, at = (y1 - y0) / (x1 - x0), (x - x0) / (x1 - x0)
    rest = at * (1 - at)
    below = s + (d0 + d1 - 2 * s) * rest
    y = y0 + (y1 - y0) * (s * at.square() + d0 * rest) / below
    steep = d1 * at.square() + 2 * s * rest + d0 * (1 - at).square()
    return y, 2 * s.log() + steep.log() - 2 * below.log()


# -- optimizers


def mixed_history(x: Tensor, g: Tensor) -> Tensor:
    """Anderson's acceleration: the blend of the last four iterates whose residuals cancel best."""
    f = g - x
    df, dg = f.diff(dim=1), g.diff(dim=1)
    eye = 0.1 * torch.eye(df.shape[1], dtype=x.dtype, device=x.device)
    theta = torch.linalg.solve(df @ df.mT + eye, df @ f[:, -1, :, None])
    return g[:, -1] - (dg.mT @ theta).squeeze(-1)


def factored_curvature_step(x: Tensor, slope: Tensor) -> Tensor:
    """K-FAC: a layer's gradient between the inverses of both covariances."""
    a, s = x.T @ x / len(x), slope.T @ slope / len(x)
    a, s = (t + 0.3 * torch.eye(len(t), dtype=x.dtype, device=x.device) for t in (a, s))
    half = torch.cholesky_solve(slope.T @ x / len(x), torch.linalg.cholesky(s))
    return torch.cholesky_solve(half.T, torch.linalg.cholesky(a)).T


def believing_step(p: Tensor, g: Tensor, m: Tensor, s: Tensor) -> Tensor:
    """AdaBelief with RAdam's correction at the tenth step: second moments around the mean gradient."""
    m = 0.9 * m + 0.1 * g
    s = 0.99 * s + 0.01 * (g - m).square() + 1e-4
    far, now = 2 / (1 - 0.99) - 1, 2 / (1 - 0.99) - 1 - 20 * 0.99**10 / (1 - 0.99**10)
    r = math.sqrt((now - 4) * (now - 2) * far / ((far - 4) * (far - 2) * now))
    return p - 0.1 * r * (m / (1 - 0.9**10)) / (torch.sqrt(s / (1 - 0.99**10)) + 1e-3)


def split_lasso(a: Tensor, b: Tensor) -> Tensor:
    """ADMM: four rounds of ridge regression, soft threshold and the sum of what they differ by."""
    eye = torch.eye(a.shape[-1], dtype=a.dtype, device=a.device)
    root = torch.linalg.cholesky(a.mT @ a + eye)
    pull = a.mT @ b[..., None]
    z, u = torch.zeros_like(pull), torch.zeros_like(pull)
    for _ in range(4):
        x = torch.cholesky_solve(pull + z - u, root)
        z = F.softshrink(x + u, 0.05)
        u = u + x - z
    return torch.cat([x, u], -1)


def evolved_covariance(cov: Tensor, path: Tensor, step: Tensor) -> Tensor:
    """CMA-ES: a covariance by its path and by the better half of the steps, weighed by rank."""
    mu = step.shape[-2] // 2
    weight = math.log(mu + 0.5) - torch.log(torch.arange(1, mu + 1, dtype=cov.dtype, device=cov.device))
    weight = weight / weight.sum()
    best = step[:, :mu]
    path = 0.7 * path + math.sqrt(0.51) * (weight[:, None] * best).sum(1)
    return 0.7 * cov + 0.1 * path[:, :, None] * path[:, None] + 0.2 * torch.einsum("k,nki,nkj->nij", weight, best, best)


# -- geometry and graphics


def ray_triangles(origin: Tensor, ray: Tensor, triangle: Tensor) -> Tensor:
    """Möller and Trumbore: depth and two barycentric numbers of each ray in each triangle's plane."""
    a, b, c = triangle.unbind(-2)
    one, two = (b - a)[None], (c - a)[None]
    p = torch.linalg.cross(ray[:, None].expand(-1, len(a), -1), two.expand(len(ray), -1, -1))
    det = (one * p).sum(-1)
    inverse = det / (det.square() + 0.05)
    t = origin[:, None] - a
    q = torch.linalg.cross(t, one.expand_as(t))
    return torch.stack([(two * q).sum(-1), (t * p).sum(-1), (ray[:, None] * q).sum(-1)], -1) * inverse[..., None]


def soft_silhouette(vertex: Tensor, face: Tensor) -> Tensor:
    """SoftRas: how likely each pixel is covered, by sigmoids of signed distances to triangles' edges."""
    at = torch.linspace(-1, 1, 9, dtype=vertex.dtype, device=vertex.device)
    pixel = torch.cartesian_prod(at, at)
    corner = vertex[face]
    edge = corner.roll(-1, 1) - corner
    to = pixel[:, None, None] - corner
    side = (edge[..., 0] * to[..., 1] - edge[..., 1] * to[..., 0]) / torch.sqrt(edge.square().sum(-1) + 1e-2)
    cover = torch.sigmoid(6 * side).prod(-1)
    return 1 - torch.exp(torch.log1p(-0.95 * cover).sum(-1))


def rational_curve(t: Tensor, control: Tensor, weight: Tensor) -> Tensor:
    """NURBS of degree three with even knots: points by blended control points over blended weights."""
    at = t * (len(control) - 3)
    low = at.floor().clamp_max(len(control) - 4)
    u = (at - low)[:, None]
    basis = torch.cat([(1 - u) ** 3, 3 * u**3 - 6 * u**2 + 4, -3 * u**3 + 3 * u**2 + 3 * u + 1, u**3], -1) / 6
    place = low.long()[:, None] + torch.arange(4, device=t.device)
    share = basis * weight[place]
    return (share[..., None] * control[place]).sum(1) / share.sum(1, keepdim=True)


def integrated_encoding(mean: Tensor, var: Tensor) -> Tensor:
    """Mip-NeRF: sines and cosines of a Gaussian's places, high octaves faded by its variance."""
    scale = 2.0 ** torch.arange(4, dtype=mean.dtype, device=mean.device)[:, None]
    fade = torch.exp(-0.5 * var[:, None] * scale.square())
    angle = mean[:, None] * scale
    return torch.cat([fade * angle.sin(), fade * angle.cos()], -1).flatten(1)


def ray_distortion(weight: Tensor, edge: Tensor) -> Tensor:
    """Mip-NeRF 360: how spread out a ray's weights are, between its intervals and inside them."""
    edge = edge.cumsum(-1)
    width, middle = edge.diff(dim=-1), 0.5 * (edge[..., 1:] + edge[..., :-1])
    w = weight / (weight.sum(-1, keepdim=True) + 1e-2)
    apart = (middle[..., :, None] - middle[..., None, :]).abs()
    return (w * (apart @ w[..., None]).squeeze(-1)) + w.square() * width / 3


def surface_opacity(distance: Tensor, sharp: Tensor) -> Tensor:
    """NeuS: opacities from signed distances along a ray, and what each sample adds."""
    inside = torch.sigmoid(distance * sharp[:, None])
    alpha = ((inside[:, :-1] - inside[:, 1:] + 1e-3) / (inside[:, :-1] + 1e-3)).clamp(0, 1)
    through = torch.cumprod(F.pad(1 - alpha[:, :-1] + 1e-3, (1, 0), value=1.0), -1)
    return alpha * through


def gradient_noise(point: Tensor, slope: Tensor) -> Tensor:
    """Perlin's: a lattice of slopes, read by a quintic fade, in three octaves."""
    total = torch.zeros_like(point[:, 0])
    for octave in range(3):
        at = point * 2**octave
        low = at.floor()
        f, cell = at - low, low.long() % slope.shape[0]
        s = f**3 * (f * (6 * f - 15) + 10)
        corner = []
        for i in (0, 1):
            for j in (0, 1):
                g = slope[(cell[:, 0] + i) % slope.shape[0], (cell[:, 1] + j) % slope.shape[0]]
                corner.append(g[:, 0] * (f[:, 0] - i) + g[:, 1] * (f[:, 1] - j))
        near = torch.lerp(corner[0], corner[1], s[:, 1])
        total = total + 0.5**octave * torch.lerp(near, torch.lerp(corner[2], corner[3], s[:, 1]), s[:, 0])
    return total


# -- signals and surrogates


def lapped_transform(x: Tensor) -> Tensor:
    """MDCT: frames of 24, half overlapping, under a sine window, twelve cosines each."""
    n = 12
    at = torch.arange(2 * n, dtype=x.dtype, device=x.device) + 0.5
    k = torch.arange(n, dtype=x.dtype, device=x.device)[:, None] + 0.5
    basis = torch.sin(math.pi * at / (2 * n)) * torch.cos(math.pi / n * (at + n / 2) * k)
    return x.unfold(-1, 2 * n, n) @ basis.T * math.sqrt(2 / n)


def kaiser_low_pass(x: Tensor, cutoff: Tensor, beta: Tensor) -> Tensor:
    """A filter of 17 taps for each row, a sinc under a window of Bessel functions."""
    at = torch.arange(-8, 9, dtype=x.dtype, device=x.device)
    window = torch.i0(beta[:, None] * torch.sqrt(1 - (at / 9).square())) / torch.i0(beta)[:, None]
    taps = cutoff[:, None] * torch.sinc(cutoff[:, None] * at) * window
    taps = taps / taps.sum(-1, keepdim=True)
    return F.conv1d(x[None], taps[:, None], groups=len(x)).squeeze(0)


def lifted_wavelet(x: Tensor) -> Tensor:
    """JPEG 2000's wavelet of nine and seven taps, on a ring, by four lifting steps and a scale."""
    even, odd = x[..., ::2], x[..., 1::2]
    for i, a in enumerate((-1.586134342, -0.052980118, 0.882911075, 0.443506852)):
        if i % 2:
            even = even + a * (odd + odd.roll(1, -1))
        else:
            odd = odd + a * (even + even.roll(-1, -1))
    return torch.cat([even / 1.149604398, odd * 1.149604398], -1)


def delay_by_phase(x: Tensor, y: Tensor) -> Tensor:
    """GCC-PHAT: a cross-correlation of which mostly the phase counts."""
    n = x.shape[-1]
    cross = torch.fft.rfft(x, 2 * n) * torch.fft.rfft(y, 2 * n).conj()
    return torch.fft.irfft(cross / torch.sqrt(cross.abs() + 0.5), n=2 * n)


def uneven_periodogram(time: Tensor, x: Tensor, frequency: Tensor) -> Tensor:
    """Least squares of a sine and a cosine at each frequency, for samples at uneven times."""
    x = x - x.mean(-1, keepdim=True)
    phase = frequency[:, None] * time[:, None]
    c, s = phase.cos(), phase.sin()
    cc, ss, cs = (t.sum(-1) for t in (c * c, s * s, c * s))
    xc, xs = torch.einsum("nft,nt->nf", c, x), torch.einsum("nft,nt->nf", s, x)
    det = cc * ss - cs.square() + 1.0
    return (xc.square() * ss + xs.square() * cc - 2 * xc * xs * cs) / det / x.square().sum(-1, keepdim=True)


def parity_messages(belief: Tensor) -> Tensor:
    """A decoder's check nodes: what all other bits of a check say of each, by a product of tangents."""
    t = torch.tanh(0.5 * belief)
    n = belief.shape[-1]
    eye = torch.eye(n, dtype=torch.bool, device=belief.device)
    rest = torch.where(eye, torch.ones_like(t[..., None]), t[..., None, :]).prod(-1)
    return 2 * torch.atanh(rest.clamp(-0.98, 0.98))


def soft_bits(real: Tensor, imag: Tensor, noise: Tensor) -> Tensor:
    """16-QAM: log-odds of four bits of each symbol, all points summed."""
    level = real.new_tensor([-3.0, -1.0, 1.0, 3.0]) / math.sqrt(10)
    out = []
    for part in (real, imag):
        a = -(part[..., None] - level).square() / noise[:, None, None]
        for one, two in (([0, 1], [2, 3]), ([0, 3], [1, 2])):
            out.append(torch.logsumexp(a[..., two], -1) - torch.logsumexp(a[..., one], -1))
    return torch.stack(out, -1)


def phase_locked_loop(x: Tensor, tune: Tensor) -> Tensor:
    """An oscillator that follows a tone: its phase corrected sample by sample through a loop of second order."""
    phase, rate, out = torch.zeros_like(tune), tune, []
    for t in range(x.shape[1]):
        error = -x[:, t] * torch.sin(phase)
        rate = rate + 0.02 * error
        phase = phase + rate + 0.2 * error
        out.append(phase)
    return torch.cos(torch.stack(out, 1))


def spectral_operator(x: Tensor, real: Tensor, imag: Tensor, skip: Tensor) -> Tensor:
    """A Fourier neural operator's layer: the lowest modes mixed by complex weights, a linear path beside it."""
    modes, n = real.shape[-1], x.shape[-1]
    hat = torch.fft.rfft(x)[..., :modes]
    mixed = torch.einsum("nik,iok->nok", hat, torch.complex(real, imag))
    return F.gelu(torch.fft.irfft(F.pad(mixed, (0, n // 2 + 1 - modes)), n=n) + torch.einsum("nit,io->not", x, skip))


def liquid_cell(x: Tensor, wi: Tensor, wh: Tensor, pace: Tensor, bias: Tensor) -> Tensor:
    """A liquid time constant: states whose pace depends on what comes in, by fused implicit steps."""
    h, out = torch.zeros_like(x[:, 0] @ wi), []
    for t in range(x.shape[1]):
        for _ in range(2):
            f = torch.sigmoid(x[:, t] @ wi + h @ wh)
            h = (h + 0.5 * f * bias) / (1 + 0.5 * (pace + f))
        out.append(h)
    return torch.stack(out, 1)
