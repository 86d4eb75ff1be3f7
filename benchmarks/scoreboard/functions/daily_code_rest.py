"""Parts of programs as users of PyTorch write them, of given tensors only: science, finance, statistics, geometry.

None of them is in an earlier file; thirteenth.py gives them their inputs, daily_code.py and daily_code_more.py have
the other fields.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- chemistry and biology


def triangle_update(pair: Tensor, project: Tensor, gate: Tensor) -> Tensor:
    """AlphaFold's triangles: an edge told by the other two, through products of outgoing edges, and gated."""
    pair = F.layer_norm(pair, pair.shape[-1:])
    left, right = (torch.sigmoid(pair @ g) * (pair @ p) for g, p in zip(gate[:2], project[:2], strict=True))
    both = torch.einsum("bikc,bjkc->bijc", left, right)
    return torch.sigmoid(pair @ gate[2]) * (F.layer_norm(both, both.shape[-1:]) @ project[2])


def invariant_point_attention(q: Tensor, k: Tensor, v: Tensor, scale: Tensor) -> Tensor:
    """Residues that attend by how near points are which each holds in its frame; lengths of what is found."""
    apart = (q[:, :, None] - k[:, None]).square().sum((-2, -1))
    p = torch.softmax(-0.5 * F.softplus(scale) * apart / math.sqrt(4.5 * q.shape[-2]), -1)
    found = torch.einsum("bij,bjpc->bipc", p, v) - q
    return torch.cat([found.flatten(2), torch.sqrt(found.square().sum(-1) + 1e-3)], -1)


def outer_product_mean(x: Tensor, left: Tensor, right: Tensor, weight: Tensor) -> Tensor:
    """From an alignment of sequences to pairs of places: outer products averaged over the sequences."""
    x = F.layer_norm(x, x.shape[-1:])
    both = torch.einsum("sic,sjd->ijcd", x @ left, x @ right) / len(x)
    return both.flatten(2) @ weight


def soft_distance_test(place: Tensor, true: Tensor) -> Tensor:
    """A smooth lDDT: the share of each atom's distances that are right to within four bounds."""
    d, e = (torch.sqrt((t[:, :, None] - t[:, None]).square().sum(-1) + 1e-2) for t in (place, true))
    gap = (d - e).abs()
    score = torch.stack([torch.sigmoid(4 * (bound - gap)) for bound in (0.5, 1.0, 2.0, 4.0)]).mean(0)
    near = torch.sigmoid(2 * (3 - e))
    return (near * score).sum(-1) / near.sum(-1)


def torsion_energy(place: Tensor, barrier: Tensor) -> Tensor:
    """OPLS: three terms of a cosine series in the angle that four atoms make."""
    a, b, c = torch.diff(place, dim=-2).unbind(-2)
    n, m = torch.linalg.cross(a, b), torch.linalg.cross(b, c)
    cosine = (n * m).sum(-1) / torch.sqrt((n.square().sum(-1) + 0.1) * (m.square().sum(-1) + 0.1))
    double, triple = 2 * cosine.square() - 1, 4 * cosine.pow(3) - 3 * cosine
    return 0.5 * (barrier * torch.stack([1 + cosine, 1 - double, 1 + triple], -1)).sum(-1)


def constrained_bonds(place: Tensor, length: Tensor) -> Tensor:
    """SHAKE: four rounds that bring the bonds of a chain back to their lengths."""
    for _ in range(4):
        bond = torch.diff(place, dim=1)
        size2 = bond.square().sum(-1, keepdim=True)
        push = bond * ((size2 - length[..., None].square()) / (4 * size2 + 0.25))
        place = place + F.pad(push, (0, 0, 0, 1)) - F.pad(push, (0, 0, 1, 0))
    return place


def second_order_correlation(integral: Tensor, filled: Tensor, empty: Tensor) -> Tensor:
    """Møller and Plesset: energies of pairs of electrons, direct less half of the exchange, over their gaps."""
    gap = filled[:, None, None, None] + filled[:, None, None] - empty[:, None] - empty
    direct = integral.transpose(1, 2)
    return (direct * (2 * direct - direct.transpose(2, 3)) / gap).sum((2, 3))


def exchange_and_correlation(density: Tensor, slope: Tensor) -> Tensor:
    """Density functionals: Dirac's exchange, Perdew's enhancement by the slope, and Chachiyo's correlation."""
    root = density.pow(1 / 3)
    exchange = -0.75 * (3 / math.pi) ** (1 / 3) * root
    s2 = slope.square() / (4 * (3 * math.pi**2) ** (2 / 3) * density.pow(8 / 3))
    enhanced = 1.804 - 0.804 / (1 + 0.21951 / 0.804 * s2)
    rs = (3 / (4 * math.pi)) ** (1 / 3) / root
    return exchange * enhanced - 0.015545 * torch.log1p(20.4562557 * (1 / rs + 1 / rs.square()))


def boys_functions(x: Tensor) -> Tensor:
    """Integrals of Gaussians: Boys' function of order three by a gamma function, lower ones by recursion."""
    order = torch.full_like(x, 3.5)
    f = torch.special.gammainc(order, x) * math.gamma(3.5) / (2 * x.pow(3.5))
    out = [f]
    for n in (2, 1, 0):
        f = (2 * x * f + torch.exp(-x)) / (2 * n + 1)
        out.append(f)
    return torch.stack(out, -1)


def harmonic_thermochemistry(wave: Tensor, heat: Tensor) -> Tensor:
    """A molecule's vibrations: energy with that at rest, entropy and heat capacity, summed over its modes."""
    u = wave / heat[:, None]
    mean = u / torch.expm1(u)
    energy = heat * (0.5 * u + mean).sum(-1)
    entropy = (mean - torch.log(-torch.expm1(-u))).sum(-1)
    return torch.stack([energy, entropy, (mean.square() * torch.exp(u)).sum(-1)], -1)


def real_gas(heat: Tensor, volume: Tensor) -> Tensor:
    """Peng and Robinson: pressure and the logarithm of fugacity, in units of the critical point."""
    alpha = (1 + 0.4 * (1 - heat.sqrt())).square()
    a, b = 0.457 * alpha, 0.0778
    pressure = heat / (volume - b) - a / (volume.square() + 2 * b * volume - b * b)
    z = pressure * volume / heat
    high, low = volume + (1 + math.sqrt(2)) * b, volume + (1 - math.sqrt(2)) * b
    wide = a / (2 * math.sqrt(2) * b * heat) * torch.log(high / low)
    return torch.stack([pressure, z - 1 - torch.log((1 - b / volume) * z.clamp_min(0.1)) - wide], -1)


def mixture_activity(share: Tensor, pull: Tensor) -> Tensor:
    """Wilson: logarithms of the activity of each liquid in a mixture."""
    x = share / share.sum(-1, keepdim=True)
    inner = x @ pull.mT
    return 1 - torch.log(inner) - (x / inner) @ pull


def motif_scores(base: Tensor, motif: Tensor) -> Tensor:
    """A binding site's log-odds along both strands of a sequence of soft bases, and their log-sum."""
    odds = F.log_softmax(motif, 0) + math.log(4)
    both = torch.cat([F.conv1d(base, w[None]) for w in (odds, odds.flip(0, 1))], 1)
    return torch.cat([both, torch.logsumexp(both, 1, keepdim=True)], 1)


# -- physics and earth


def chain_beliefs(field: Tensor, bond: Tensor) -> Tensor:
    """Belief propagation along a chain of spins: each one's mean, exact."""
    right = [torch.zeros_like(field[:, 0])]
    left = [torch.zeros_like(field[:, 0])]
    for t in range(field.shape[1] - 1):
        for past, i, b in ((right, t, t), (left, field.shape[1] - 1 - t, field.shape[1] - 2 - t)):
            past.append(torch.atanh(torch.tanh(bond[:, b]) * torch.tanh(past[-1] + field[:, i])))
    return torch.tanh(field + torch.stack(right, 1) + torch.stack(left[::-1], 1))


def solitary_waves(u: Tensor) -> Tensor:
    """Korteweg and de Vries on a ring: two steps, dispersion exact in Fourier space."""
    n = u.shape[-1]
    k = torch.fft.rfftfreq(n, 1 / n, dtype=u.dtype, device=u.device)
    turn = torch.polar(torch.ones_like(k), 0.01 * k**3)
    for _ in range(2):
        hat = torch.fft.rfft(u) * turn
        u = torch.fft.irfft(hat, n=n)
        slope = torch.fft.irfft(1j * k * torch.fft.rfft(0.5 * u.square()), n=n)
        u = u - 0.02 * slope
    return u


def propagated_beam(real: Tensor, imag: Tensor, distance: Tensor) -> Tensor:
    """Light's angular spectrum: a field carried over a distance, its intensity."""
    h, w = real.shape[-2:]
    ky = torch.fft.fftfreq(h, dtype=real.dtype, device=real.device)[:, None]
    kx = torch.fft.fftfreq(w, dtype=real.dtype, device=real.device)
    turn = 2 * math.pi * distance[:, None, None] * torch.sqrt(1 - ky.square() - kx.square())
    hat = torch.fft.fft2(torch.complex(real, imag)) * torch.polar(torch.ones_like(turn), turn)
    return torch.fft.ifft2(hat).abs().square()


def polarised_train(stokes: Tensor, angle: Tensor, delay: Tensor) -> Tensor:
    """Mueller's matrices: light through three turned retarders and a last polariser."""
    i, q, u, v = stokes.unbind(-1)
    for a, d in zip(angle.unbind(1), delay.unbind(1), strict=True):
        c, s = torch.cos(2 * a), torch.sin(2 * a)
        q, u = c * q + s * u, c * u - s * q
        u, v = torch.cos(d) * u + torch.sin(d) * v, torch.cos(d) * v - torch.sin(d) * u
        q, u = c * q - s * u, c * u + s * q
    return torch.stack([0.5 * (i + q), q, u, v], -1)


def two_stream_radiation(depth: Tensor, albedo: Tensor, ground: Tensor) -> Tensor:
    """Clouds over ground: what each layer reflects and lets through, layers added from below."""
    g = 0.5 * (1 - albedo) + 0.1
    k = torch.sqrt(g * (g + albedo))
    t = 1 / (torch.cosh(k * depth) + (g + 0.5 * albedo) / k * torch.sinh(k * depth))
    r = 0.5 * albedo / k * torch.sinh(k * depth) * t
    up = ground
    for i in range(depth.shape[1]):
        up = r[:, i] + t[:, i].square() * up / (1 - r[:, i] * up)
    return torch.cat([r, t, up[:, None]], -1)


def magnetised_particles(place: Tensor, speed: Tensor) -> Tensor:
    """Boris: four steps of charges in a magnetic bottle, half a push, a turn, half a push."""
    for _ in range(4):
        x, y, z = place.unbind(-1)
        t = 0.125 * torch.stack([-0.5 * x * z, -0.5 * y * z, 1 + 0.5 * z.square()], -1)
        pushed = speed - 0.0625 * place
        turned = pushed + torch.linalg.cross(pushed, t)
        speed = pushed + torch.linalg.cross(turned, 2 * t / (1 + t.square().sum(-1, keepdim=True))) - 0.0625 * place
        place = place + 0.25 * speed
    return torch.cat([place, speed], -1)


def deposited_charge(place: Tensor, charge: Tensor) -> Tensor:
    """Particle in cell: charges shared by the two nearest of twelve nodes of a ring, less their mean."""
    low = place.floor()
    share, node = place - low, low.long() % 12
    grid = torch.zeros_like(place[:, :12]).scatter_add(-1, node, charge * (1 - share))
    grid = grid.scatter_add(-1, (node + 1) % 12, charge * share)
    return grid - grid.mean(-1, keepdim=True)


def truss_displacements(node: Tensor, stiff: Tensor, force: Tensor) -> Tensor:
    """Springs between all joints of a frame on soft ground: where a load moves them."""
    n = node.shape[-2]
    line = node[:, :, None] - node[:, None]
    way = line / torch.sqrt(line.square().sum(-1, keepdim=True) + 0.1)
    block = stiff[..., None, None] * way[..., :, None] * way[..., None, :]
    block = 0.5 * (block + block.transpose(1, 2))
    eye = torch.eye(n, dtype=node.dtype, device=node.device)[:, :, None, None]
    whole = (eye * block.sum(2)[:, :, None] - block).transpose(2, 3).reshape(len(node), 2 * n, 2 * n)
    ground = 0.5 * torch.eye(2 * n, dtype=node.dtype, device=node.device)
    return torch.linalg.solve(whole + ground, force.flatten(1))


def pipe_friction(flow: Tensor, rough: Tensor) -> Tensor:
    """Colebrook: a pipe's friction factor by five fixed-point rounds, flow as the logarithm of Reynolds' number."""
    root = torch.full_like(flow, 6.0)
    for _ in range(5):
        root = -2 * torch.log10(rough / 3.7 + 2.51 * root * torch.exp(-flow))
    return 1 / root.square()


def water_waves(period: Tensor, depth: Tensor) -> Tensor:
    """How long gravity waves are in shallow water, by five of Newton's steps; and how fast their groups go."""
    deep = (2 * math.pi / period).square() / 9.81 * depth
    x = torch.sqrt(deep) * (1 + 0.125 * deep)
    x = torch.where(deep < 1, x, deep)
    for _ in range(5):
        t = torch.tanh(x)
        x = x - (x * t - deep) / (t + x * (1 - t.square()))
    speed = torch.sqrt(9.81 * depth * torch.tanh(x) / x)
    return torch.stack([2 * math.pi * depth / x, speed * (0.5 + x / torch.sinh(2 * x))], -1)


def river_routing(inflow: Tensor, delay: Tensor, blend: Tensor) -> Tensor:
    """Muskingum: a flood through three reaches of a river, hour by hour."""
    below = 2 * delay * (1 - blend) + 1
    a, b, c = (1 - 2 * delay * blend) / below, (1 + 2 * delay * blend) / below, (2 * delay * (1 - blend) - 1) / below
    for _ in range(3):
        last, out = inflow[:, 0], [inflow[:, 0]]
        for t in range(1, inflow.shape[1]):
            last = a * inflow[:, t] + b * inflow[:, t - 1] + c * last
            out.append(last)
        inflow = torch.stack(out, 1)
    return inflow


def leaf_photosynthesis(carbon: Tensor, light: Tensor, heat: Tensor) -> Tensor:
    """Farquhar: carbon fixed by an enzyme or by light, whichever is less, smoothly, less respiration."""
    warm = torch.exp(0.07 * (heat - 25))
    enzyme = 60 * warm * (carbon - 42) / (carbon + 710)
    flow = 0.3 * light + 100 * warm
    flow = (flow - torch.sqrt(flow.square() - 3.6 * 30 * light * warm)) / 1.8
    lit = flow * (carbon - 42) / (4 * carbon + 336)
    both = enzyme + lit
    return (both - torch.sqrt(both.square() - 3.92 * enzyme * lit)) / 1.96 - warm


def ordinary_kriging(place: Tensor, value: Tensor, at: Tensor) -> Tensor:
    """A field between its measurements: weights that sum to one, from a variogram; and how unsure it is."""

    def variogram(a: Tensor, b: Tensor) -> Tensor:
        return 1 - torch.exp(-torch.sqrt((a[:, None] - b).square().sum(-1) + 1e-4))

    n = len(place)
    nugget = 0.25 * (1 - torch.eye(n, dtype=place.dtype, device=place.device))
    left = F.pad(variogram(place, place) + nugget, (0, 1, 0, 1), value=1.0)
    left = left - F.pad(torch.ones_like(left[:1, :1]), (n, 0, n, 0))
    right = F.pad(variogram(place, at) + 0.25, (0, 0, 0, 1), value=1.0)
    weight = torch.linalg.solve(left, right)
    return torch.stack([value @ weight[:-1], (weight * right).sum(0)], -1)


def ensemble_update(state: Tensor, seen: Tensor, noise: Tensor) -> Tensor:
    """An ensemble Kalman filter: members corrected by perturbed measurements of their first two numbers."""
    off = state - state.mean(1, keepdim=True)
    cov = off.mT @ off / (state.shape[1] - 1)
    eye = 0.25 * torch.eye(2, dtype=state.dtype, device=state.device)
    gain = torch.linalg.solve(cov[:, :2, :2] + eye, cov[:, :2])
    return state + (seen[:, None] + 0.5 * noise - state[..., :2]) @ gain


# -- finance


def knocked_out_call(price: Tensor, barrier: Tensor, spread: Tensor) -> Tensor:
    """A call on a unit strike that dies at a barrier below, after a year at no interest."""

    def call(s: Tensor) -> Tensor:
        up = torch.log(s) / spread + 0.5 * spread
        return s * torch.special.ndtr(up) - torch.special.ndtr(up - spread)

    return call(price) - price / barrier * call(barrier.square() / price)


def square_root_bonds(rate: Tensor, pull: Tensor, mean: Tensor, spread: Tensor) -> Tensor:
    """Cox, Ingersoll and Ross: prices of bonds of seven maturities."""
    t = torch.arange(1, 8, dtype=rate.dtype, device=rate.device)
    k, s2 = pull[:, None], spread.square()[:, None]
    h = torch.sqrt(k.square() + 2 * s2)
    e = torch.expm1(h * t)
    low = 2 * h + (k + h) * e
    log = math.log(2) + torch.log(h) + 0.5 * (k + h) * t - torch.log(low)
    return torch.exp(2 * k * mean[:, None] / s2 * log - 2 * e / low * rate[:, None])


def rolling_exposure(x: Tensor, market: Tensor) -> Tensor:
    """Alpha, beta and what is left over, of returns against a market's over windows of ten days."""
    y, m = x.unfold(-1, 10, 1), market.unfold(-1, 10, 1)
    dy, dm = y - y.mean(-1, keepdim=True), m - m.mean(-1, keepdim=True)
    beta = (dy * dm).sum(-1) / (dm.square().sum(-1) + 0.1)
    left = torch.sqrt((dy - beta[..., None] * dm).square().mean(-1) + 1e-3)
    return torch.stack([y.mean(-1) - beta * m.mean(-1), beta, left], -1)


def lower_tail_copula(u: Tensor, w: Tensor, theta: Tensor) -> Tensor:
    """Clayton's log-density of two ranks that fall together."""
    inner = u.pow(-theta) + w.pow(-theta) - 1
    return torch.log1p(theta) - (1 + theta) * torch.log(u * w) - (2 + 1 / theta) * torch.log(inner)


# -- statistics and learning


def censored_loss(x: Tensor, mean: Tensor, log_scale: Tensor) -> Tensor:
    """Tobit: a normal density where something was seen, its tail where only zero was."""
    z = (x - mean) * torch.exp(-log_scale)
    seen = 0.5 * z.square() + log_scale + 0.5 * math.log(2 * math.pi)
    return torch.where(x > 0, seen, -torch.special.log_ndtr(-mean * torch.exp(-log_scale)))


def chess_ratings(start: Tensor, white: Tensor, black: Tensor, score: Tensor) -> Tensor:
    """Elo: ratings after a season, game by game, in hundreds."""
    rating = start
    for w, b, s in zip(white, black, score, strict=True):
        want = torch.sigmoid(0.5756 * (rating.gather(1, w[:, None]) - rating.gather(1, b[:, None])))
        gain = 0.25 * (s[:, None] - want)
        rating = rating.scatter_add(1, w[:, None], gain).scatter_add(1, b[:, None], -gain)
    return rating


def matched_skill(mean: Tensor, spread: Tensor) -> Tensor:
    """TrueSkill: means and deviations of a winner and a loser after a game."""
    c2 = spread.square().sum(-1, keepdim=True) + 0.5
    t = (mean[:, :1] - mean[:, 1:]) / torch.sqrt(c2)
    v = torch.exp(-0.5 * t.square() - 0.5 * math.log(2 * math.pi) - torch.special.log_ndtr(t))
    w, s2 = v * (v + t), spread.square()
    sign = mean.new_tensor([1.0, -1.0])
    return torch.cat([mean + sign * s2 / torch.sqrt(c2) * v, torch.sqrt(s2 * (1 - s2 / c2 * w))], -1)


def linear_evidence(x: Tensor, y: Tensor, alpha: Tensor) -> Tensor:
    """A Bayesian linear model's log-evidence, for each strength of its prior."""
    n, d = x.shape[-2:]
    eye = torch.eye(d, dtype=x.dtype, device=x.device)
    left = alpha[:, None, None] * eye + 4 * x.mT @ x
    mean = torch.linalg.solve(left, 4 * (x.mT @ y[..., None])).squeeze(-1)
    miss = (y - (x @ mean[..., None]).squeeze(-1)).square().sum(-1)
    fit = -2 * miss - 0.5 * alpha * mean.square().sum(-1)
    return fit + 0.5 * d * torch.log(alpha) - 0.5 * torch.logdet(left) + 0.5 * n * math.log(2 / math.pi)


def heavy_tailed_vectors(x: Tensor, scatter: Tensor, degree: Tensor) -> Tensor:
    """Log-density of the multivariate t, by Cholesky."""
    d = x.shape[-1]
    factor = torch.linalg.cholesky(scatter)
    z = torch.linalg.solve_triangular(factor, x[..., None], upper=False).squeeze(-1).square().sum(-1)
    half = torch.log(factor.diagonal(dim1=-2, dim2=-1)).sum(-1)
    ends = torch.lgamma(0.5 * (degree + d)) - torch.lgamma(0.5 * degree)
    return ends - 0.5 * d * torch.log(math.pi * degree) - half - 0.5 * (degree + d) * torch.log1p(z / degree)


def canonical_loss(x: Tensor, y: Tensor) -> Tensor:
    """Deep CCA: canonical correlations of two views, as singular values of what both whiten to."""
    eye = 0.25 * torch.eye(x.shape[-1], dtype=x.dtype, device=x.device)
    x, y = x - x.mean(1, keepdim=True), y - y.mean(1, keepdim=True)
    n = x.shape[1] - 1
    a, b = (torch.linalg.cholesky(t.mT @ t / n + eye) for t in (x, y))
    both = torch.linalg.solve_triangular(a, x.mT @ y / n, upper=False)
    return torch.linalg.svdvals(torch.linalg.solve_triangular(b, both.mT, upper=False))


def shifted_modes(x: Tensor) -> Tensor:
    """Mean shift: all points moved three times to the middle of what is around them."""
    y = x
    for _ in range(3):
        near = torch.softmax(-2 * (y[:, :, None] - x[:, None]).square().sum(-1), -1)
        y = near @ x
    return y


def wide_network_kernel(x: Tensor, y: Tensor) -> Tensor:
    """The neural tangent kernel of two ReLU layers of infinite width, inputs of length one."""
    rho = 0.96875 * (F.normalize(x, dim=-1) @ F.normalize(y, dim=-1).mT)
    tangent = rho
    for _ in range(2):
        angle = torch.acos(rho)
        slope = 1 - angle / math.pi
        rho = (torch.sqrt(1 - rho.square()) + (math.pi - angle) * rho) / math.pi
        tangent = rho + tangent * slope
    return tangent


def state_posteriors(score: Tensor, move: Tensor) -> Tensor:
    """Baum and Welch: how likely each hidden state is at each step, by sums from both ends in logarithms."""
    step = move.log_softmax(-1)
    ahead, behind = [score[:, 0]], [torch.zeros_like(score[:, 0])]
    for t in range(1, score.shape[1]):
        ahead.append(score[:, t] + torch.logsumexp(ahead[-1][..., None] + step, 1))
        behind.append(torch.logsumexp(step + (score[:, -t] + behind[-1])[:, None], 2))
    return torch.softmax(torch.stack(ahead, 1) + torch.stack(behind[::-1], 1), -1)


def changed_run_lengths(x: Tensor) -> Tensor:
    """Adams and MacKay: how long ago a normal series' mean last changed, as chances after each sample."""
    p, total, out = torch.ones_like(x[:, :1]), torch.zeros_like(x[:, :1]), []
    for now in x.unbind(1):
        n = torch.arange(p.shape[-1], dtype=x.dtype, device=x.device)
        wide = 1 + 1 / (n + 1)
        like = torch.exp(-0.5 * (now[:, None] - total / (n + 1)).square() / wide) / torch.sqrt(wide)
        grown = p * like
        p = torch.cat([0.125 * grown.sum(-1, keepdim=True), 0.875 * grown], -1)
        p = p / p.sum(-1, keepdim=True)
        total = F.pad(total + now[:, None], (1, 0))
        out.append((p * torch.arange(p.shape[-1], dtype=x.dtype, device=x.device)).sum(-1))
    return torch.cat([torch.stack(out, -1), p], -1)


def seasonal_smoothing(x: Tensor) -> Tensor:
    """Holt and Winters with a season of four: forecasts one step ahead."""
    level, trend, season = x[:, :4].mean(-1), 0.25 * (x[:, 4:8] - x[:, :4]).mean(-1), [*(x[:, :4].unbind(1))]
    season = [s - level for s in season]
    out = []
    for t in range(4, x.shape[1]):
        out.append(level + trend + season[t % 4])
        new = 0.25 * (x[:, t] - season[t % 4]) + 0.75 * (level + trend)
        trend = 0.125 * (new - level) + 0.875 * trend
        season[t % 4] = 0.25 * (x[:, t] - new) + 0.75 * season[t % 4]
        level = new
    return torch.stack(out, 1)


def acquisition_values(mean: Tensor, spread: Tensor, best: Tensor) -> Tensor:
    """Bayesian optimisation: expected improvement, its chance, and a bound, at each place."""
    z = (mean - best[:, None]) / spread
    density = torch.exp(-0.5 * z.square()) / math.sqrt(2 * math.pi)
    below = 0.5 * torch.erfc(-z / math.sqrt(2))
    return torch.stack([spread * (z * below + density), below, mean + 1.5 * spread], -1)


def ensemble_disagreement(logits: Tensor) -> Tensor:
    """BALD: how unsure an ensemble is, less how unsure its members are."""
    log = logits.log_softmax(-1)
    mean = torch.logsumexp(log, 0) - math.log(len(log))
    return (log.exp() * log).sum(-1).mean(0) - (mean.exp() * mean).sum(-1)


def information_bound(score: Tensor) -> Tensor:
    """A variational bound of mutual information: pairs against all other pairs, scores clipped as SMILE does."""
    off = ~torch.eye(score.shape[-1], dtype=torch.bool, device=score.device)
    other = torch.exp(score.clamp(-3, 3)).masked_select(off).view(len(score), -1, score.shape[-1] - 1)
    return score.diagonal(dim1=-2, dim2=-1).mean(-1) - torch.log(other.mean((-2, -1)))


# -- geometry and graphics


def rigid_blend_skin(vertex: Tensor, turn: Tensor, shift: Tensor, weight: Tensor) -> Tensor:
    """Dual quaternions: bones' turns and shifts blended as eight numbers, so that joints do not collapse."""
    turn = F.normalize(turn, dim=-1)
    w, v = turn[:, :1], turn[:, 1:]
    dual = 0.5 * torch.cat([-(shift * v).sum(-1, keepdim=True), w * shift + torch.linalg.cross(shift, v)], -1)
    real, dual = weight @ turn, weight @ dual
    size = torch.sqrt(real.square().sum(-1, keepdim=True) + 1e-3)
    (w, v), (a, b) = (t.split([1, 3], -1) for t in (real / size, dual / size))
    turned = vertex + 2 * torch.linalg.cross(v, torch.linalg.cross(v, vertex) + w * vertex)
    return turned + 2 * (w * b - a * v + torch.linalg.cross(v, b))


def mean_value_weights(point: Tensor, radius: Tensor) -> Tensor:
    """Floater's coordinates of points in a star-shaped polygon of given radii, softened near its corners."""
    n = len(radius)
    angle = 2 * math.pi / n * torch.arange(n, dtype=radius.dtype, device=radius.device)
    a = torch.stack([radius * angle.cos(), radius * angle.sin()], -1) - point[:, None]
    b = a.roll(-1, 1)
    la, lb = (torch.sqrt(t.square().sum(-1) + 1e-3) for t in (a, b))
    half = (a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]) / (la * lb + (a * b).sum(-1) + 0.05)
    weight = (half + half.roll(1, 1)) / la
    return weight / weight.sum(-1, keepdim=True)


def polygon_moments(x: Tensor) -> Tensor:
    """A star-shaped polygon's area, centroid and second moments, by its edges."""
    n = x.shape[-1]
    angle = 2 * math.pi / n * torch.arange(n, dtype=x.dtype, device=x.device)
    a = torch.stack([x * angle.cos(), x * angle.sin()], -1)
    b = a.roll(-1, -2)
    twice = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    area = 0.5 * twice.sum(-1, keepdim=True)
    centre = ((a + b) * twice[..., None]).sum(-2) / (6 * area)
    second = ((a.square() + a * b + b.square()) * twice[..., None]).sum(-2) / 12
    return torch.cat([area, centre, second], -1)


def hyperboloid_distance(x: Tensor, y: Tensor) -> Tensor:
    """Lorentz' model of hyperbolic space: distances of all pairs of points, lifted from the plane."""
    p, q = (torch.sqrt(1 + t.square().sum(-1)) for t in (x, y))
    return torch.acosh((p[:, None] * q - x @ y.mT).clamp_min(1) + 0.05)
