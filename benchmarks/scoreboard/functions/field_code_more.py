"""Parts of models as users of PyTorch write them, of given tensors only: recommendation, graphs, control, science.

None of them is in an earlier file; tenth.py gives them their inputs, field_code.py has the other fields.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- recommendation


def pointwise_attention(u: Tensor, q: Tensor, k: Tensor, v: Tensor, bias: Tensor) -> Tensor:
    """HSTU: SiLU of scores with a relative bias instead of a softmax, normalised and gated."""
    n = q.shape[-2]
    at = torch.arange(n, device=q.device)
    weight = F.silu(q @ k.mT + bias[at[:, None] - at + n - 1]) / n
    return F.layer_norm(weight.tril() @ v, v.shape[-1:]) * F.silu(u)


def low_rank_crosses(x: Tensor, u: Tensor, v: Tensor, gate: Tensor) -> Tensor:
    """DCN's mixture: three experts of low rank cross the input with itself."""
    inner = torch.tanh(torch.einsum("nd,edr->ner", x, v))
    crossed = x[:, None] * torch.einsum("ner,edr->ned", inner, u)
    return x + ((x @ gate).softmax(-1)[..., None] * crossed).sum(1)


def instance_guided_mask(x: Tensor, squeeze: Tensor, expand: Tensor, weight: Tensor) -> Tensor:
    """MaskNet's block: a bottleneck the other way round makes a mask for normalised embeddings."""
    mask = torch.relu(x @ squeeze) @ expand
    return torch.relu(F.layer_norm((F.layer_norm(x, x.shape[-1:]) * mask) @ weight, weight.shape[-1:]))


def whole_space_conversion(click: Tensor, buy: Tensor, clicked: Tensor, bought: Tensor) -> Tensor:
    """ESMM: losses of clicks and of clicks that buy, the latter a product of two probabilities."""
    both = torch.sigmoid(click) * torch.sigmoid(buy)
    loss = -bought * torch.log(both) - (1 - bought) * torch.log1p(-both)
    return loss + F.binary_cross_entropy_with_logits(click, clicked, reduction="none")


def doubly_robust_error(error: Tensor, imputed: Tensor, propensity: Tensor, seen: Tensor) -> Tensor:
    """What is imputed everywhere, and its error where it was seen, over how likely that was."""
    return (imputed + seen * (error - imputed) / propensity.clamp_min(0.05)).mean(-1)


def implicit_factors(items: Tensor, count: Tensor) -> Tensor:
    """Alternating least squares: users' factors from how often they came back, confidence growing with it."""
    confidence = 1 + 5 * count
    normal = torch.einsum("ui,id,ie->ude", confidence, items, items)
    normal = normal + 0.5 * torch.eye(items.shape[1], dtype=items.dtype, device=items.device)
    wanted = torch.einsum("ui,id->ud", confidence * (count > 0), items)
    return torch.linalg.solve(normal, wanted[..., None]).squeeze(-1)


def hyperbolic_distance(x: Tensor, y: Tensor) -> Tensor:
    """Poincaré's distance of all pairs in the unit ball."""
    apart = (x[:, None] - y).square().sum(-1)
    room = (1 - x.square().sum(-1))[:, None] * (1 - y.square().sum(-1))
    return torch.acosh(1 + 2 * apart / room)


# -- graphs and sets


def relational_layer(x: Tensor, source: Tensor, target: Tensor, kind: Tensor, basis: Tensor, blend: Tensor) -> Tensor:
    """R-GCN: a weight for each kind of edge, blended from two, over how many of them arrive."""
    weight = torch.einsum("kb,bio->kio", blend, basis)
    message = torch.einsum("ei,eio->eo", x[source], weight[kind])
    degree = x.new_zeros(len(x)).index_add(0, target, torch.ones_like(message[:, 0]))
    out = torch.zeros(len(x), basis.shape[-1], dtype=x.dtype, device=x.device).index_add(0, target, message)
    return F.elu(out / (1 + degree)[:, None])


def gated_graph_step(x: Tensor, near: Tensor, wi: Tensor, wh: Tensor) -> Tensor:
    """A gated graph network: messages of neighbours enter a GRU that holds the nodes."""
    incoming, own = (near @ x) @ wi, x @ wh
    r, z, n = incoming.chunk(3, -1)
    hr, hz, hn = own.chunk(3, -1)
    z = torch.sigmoid(z + hz)
    return (1 - z) * torch.tanh(n + torch.sigmoid(r + hr) * hn) + z * x


def core_triples(head: Tensor, relation: Tensor, tail: Tensor, core: Tensor) -> Tensor:
    """TuckER: scores of all tails by a core tensor shared among relations."""
    return torch.einsum("nd,nr,rde,te->nt", head, relation, core, tail)


def hyperplane_triples(head: Tensor, relation: Tensor, tail: Tensor, normal: Tensor) -> Tensor:
    """TransH: how far a relation's step between two entities' shadows on its plane misses."""
    n = F.normalize(normal, dim=-1)
    a, b = (e - (e * n).sum(-1, keepdim=True) * n for e in (head, tail))
    return torch.linalg.vector_norm(a + relation - b, dim=-1)


def pooled_graph(x: Tensor, near: Tensor, assign: Tensor) -> tuple[Tensor, Tensor]:
    """DiffPool: nodes softly put into clusters, whose features and edges come out."""
    s = torch.softmax(near @ x @ assign, -1)
    return s.mT @ x, s.mT @ near @ s


def heat_kernel(near: Tensor, time: Tensor) -> Tensor:
    """What diffuses between all nodes of a graph within given times."""
    near = 0.5 * (near + near.mT)
    laplacian = torch.diag(near.sum(-1)) - near
    return torch.linalg.matrix_exp(-time[:, None, None] * laplacian)


def returning_walks(near: Tensor) -> Tensor:
    """Random walks' structural encoding: chances of being back after one to five steps."""
    walk = near / near.sum(-1, keepdim=True)
    power, out = walk, [walk.diagonal(dim1=-2, dim2=-1)]
    for _ in range(4):
        power = power @ walk
        out.append(power.diagonal(dim1=-2, dim2=-1))
    return torch.stack(out, -1)


def induced_set_attention(x: Tensor, inducing: Tensor, weight: Tensor) -> Tensor:
    """A set transformer's block: a few learned points look at the set, and the set at them."""
    few = F.scaled_dot_product_attention(inducing.expand(len(x), -1, -1), x, x)
    few = few + torch.relu(few @ weight)
    return x + F.scaled_dot_product_attention(x, few, few)


def polarised_message(s: Tensor, vector: Tensor, place: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """PaiNN: scalars and vectors of atoms from all others, weighed by sines of the distance."""
    line = place[None] - place[:, None]
    d = torch.sqrt(line.square().sum(-1) + 0.3)
    wave = torch.sin(d[..., None] * torch.arange(1, 5, dtype=s.dtype, device=s.device)) / d[..., None]
    filters = (wave @ weight) * s[None].repeat(1, 1, 3)
    a, b, c = filters.chunk(3, -1)
    turned = torch.einsum("ijf,jfx->ifx", b, vector) + torch.einsum("ijf,ijx->ifx", c, line / d[..., None])
    return s + a.sum(1), vector + turned


# -- reinforcement learning and control


def retrace_targets(q: Tensor, value: Tensor, reward: Tensor, ratio: Tensor) -> Tensor:
    """Retrace: temporal differences from the end, traces cut at a ratio of one."""
    c, out = 0.95 * ratio.clamp_max(1.0), []
    trace = torch.zeros_like(reward[:, 0])
    for t in reversed(range(reward.shape[1])):
        delta = reward[:, t] + 0.97 * value[:, t + 1] - q[:, t]
        trace = delta if t == reward.shape[1] - 1 else delta + 0.97 * c[:, t + 1] * trace
        out.append(q[:, t] + trace)
    return torch.stack(out[::-1], 1)


def munchausen_target(q: Tensor, following: Tensor, reward: Tensor, action: Tensor) -> Tensor:
    """The reward, a share of the taken action's log-policy, and the soft value of what follows."""
    log_p = F.log_softmax(q / 0.3, -1).gather(-1, action[:, None]).squeeze(-1)
    log_next = F.log_softmax(following / 0.3, -1)
    soft = (log_next.exp() * (following - 0.3 * log_next)).sum(-1)
    return reward + 0.9 * (0.3 * log_p).clamp(-1, 0) + 0.99 * soft


def smeared_histogram_loss(logits: Tensor, y: Tensor) -> Tensor:
    """HL-Gauss: a value as a normal distribution over bins, and its cross-entropy."""
    edge = torch.linspace(-3, 3, logits.shape[-1] + 1, dtype=logits.dtype, device=logits.device)
    cdf = torch.erf((edge - y[:, None]) / (0.75 * math.sqrt(2)))
    target = (cdf[:, 1:] - cdf[:, :-1]) / (cdf[:, -1:] - cdf[:, :1])
    return -(target * F.log_softmax(logits, -1)).sum(-1)


def mixed_team_value(q: Tensor, state: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """QMIX: agents' values joined by a network whose weights are positive and made from the state."""
    w1 = (state @ first).abs().unflatten(-1, (q.shape[-1], -1))
    hidden = F.elu(torch.einsum("na,nah->nh", q, w1))
    return (hidden * (state @ second).abs()).sum(-1)


def rigid_motion(twist: Tensor) -> Tensor:
    """The exponential of SE(3): rotation and translation of a screw, by Rodrigues' formula."""
    omega, v = twist.split(3, -1)
    theta = torch.sqrt(omega.square().sum(-1) + 1e-3)[:, None, None]
    x, y, z = omega.unbind(-1)
    o = torch.zeros_like(x)
    k = torch.stack([o, -z, y, z, o, -x, -y, x, o], -1).unflatten(-1, (3, 3))
    eye = torch.eye(3, dtype=twist.dtype, device=twist.device)
    a, b = torch.sin(theta) / theta, (1 - torch.cos(theta)) / theta**2
    turn = eye + a * k + b * k @ k
    shift = (eye + b * k + (1 - a) / theta**2 * k @ k) @ v[..., None]
    return torch.cat([turn, shift], -1)


def double_pendulum_step(angle: Tensor, rate: Tensor) -> Tensor:
    """Two links of one length: accelerations from the mass matrix, one semi-implicit step."""
    a, b = angle.unbind(-1)
    u, w = rate.unbind(-1)
    d = a - b
    ga = -torch.sin(d) * w.square() - 2 * 9.81 * torch.sin(a)
    gb = torch.sin(d) * u.square() - 9.81 * torch.sin(b)
    det = 2 - torch.cos(d).square()
    push = torch.stack([(ga - torch.cos(d) * gb) / det, (2 * gb - torch.cos(d) * ga) / det], -1)
    rate = rate + 0.02 * push
    return torch.cat([angle + 0.02 * rate, rate], -1)


def damped_inverse_step(jacobian: Tensor, error: Tensor) -> Tensor:
    """Joints that take a hand nearer to its goal, by damped least squares."""
    gram = jacobian @ jacobian.mT + 0.1 * torch.eye(jacobian.shape[-2], dtype=error.dtype, device=error.device)
    return (jacobian.mT @ torch.linalg.solve(gram, error[..., None])).squeeze(-1)


def quadrotor_step(velocity: Tensor, attitude: Tensor, thrust: Tensor) -> Tensor:
    """A drone's velocity after a moment: thrust along its tilted axis, drag and gravity."""
    w, x, y, z = F.normalize(attitude, dim=-1).unbind(-1)
    up = torch.stack([2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)], -1)
    drag = 0.1 * velocity * torch.sqrt(velocity.square().sum(-1, keepdim=True) + 1e-2)
    down = velocity.new_tensor([0.0, 0.0, 9.81])
    return velocity + 0.05 * (thrust[:, None] * up - drag - down)


def movement_primitive(start: Tensor, goal: Tensor, weight: Tensor) -> Tensor:
    """A dynamic movement primitive: a damped spring to its goal, forced by normalised basis functions."""
    centre = torch.exp(-torch.linspace(0, 1, weight.shape[-1], dtype=start.dtype, device=start.device) * 3)
    x, v, phase, path = start, torch.zeros_like(start), 1.0, []
    for _ in range(15):
        basis = torch.exp(-20 * (phase - centre).square())
        force = (weight @ basis) / basis.sum() * phase * (goal - start)
        v = v + 0.06 * (25 * (6.25 * (goal - x) - v) + 25 * force) * 0.2
        x, phase = x + 0.06 * v, phase * 0.82
        path.append(x)
    return torch.stack(path, 1)


def unscented_mean(mean: Tensor, cov: Tensor) -> tuple[Tensor, Tensor]:
    """Sigma points of a normal state through a range and bearing, and the moments of what comes out."""
    n = mean.shape[-1]
    root = torch.linalg.cholesky(1.5 * n * cov).mT
    points = torch.cat([mean[:, None], mean[:, None] + root, mean[:, None] - root], 1)
    seen = torch.stack([torch.sqrt(points.square().sum(-1) + 1), torch.atan2(points[..., 1], points[..., 0] + 9)], -1)
    weight = torch.full_like(seen[0, :, 0], 1 / (3 * n))
    weight = torch.cat([weight[:1] * n, weight[1:]])
    middle = (weight[:, None] * seen).sum(1)
    d = seen - middle[:, None]
    return middle, torch.einsum("p,npi,npj->nij", weight, d, d)


# -- physics and chemistry


def reciprocal_energy(place: Tensor, charge: Tensor, wave: Tensor) -> Tensor:
    """Ewald's sum in reciprocal space: structure factors of charges at given wave vectors."""
    phase = torch.einsum("nax,kx->nak", place, wave)
    cos, sin = (torch.einsum("na,nak->nk", charge, t) for t in (phase.cos(), phase.sin()))
    k2 = wave.square().sum(-1)
    return 2 * math.pi * torch.exp(-k2 / 4) / k2 * (cos.square() + sin.square())


def bonded_energy(place: Tensor) -> Tensor:
    """A chain's harmonic bonds and angles, of each angle's three atoms."""
    bond = place[..., 1:, :] - place[..., :-1, :]
    length = torch.sqrt(bond.square().sum(-1) + 1e-2)
    cosine = -(bond[..., 1:, :] * bond[..., :-1, :]).sum(-1) / (length[..., 1:] * length[..., :-1])
    return 2 * (length[..., 1:] - 1.2).square() + 0.5 * (cosine + 0.33).square()


def split_step_wave(real: Tensor, imag: Tensor, potential: Tensor) -> Tensor:
    """Schrödinger's equation: half a kick, a drift in Fourier space, half a kick; the density."""
    psi = torch.complex(real, imag)
    kick = torch.polar(torch.ones_like(potential), -0.05 * potential)
    k = 2 * math.pi * torch.fft.fftfreq(real.shape[-1], dtype=real.dtype, device=real.device)
    drift = torch.polar(torch.ones_like(k), -0.05 * k.square())
    psi = kick * torch.fft.ifft(drift * torch.fft.fft(kick * psi))
    return psi.real.square() + psi.imag.square()


def electromagnetic_steps(e: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
    """Yee's scheme in one dimension, four leapfrog steps between mirrors."""
    for _ in range(4):
        h = h + 0.5 * (e[..., 1:] - e[..., :-1])
        e = torch.cat([e[..., :1], e[..., 1:-1] + 0.5 * (h[..., 1:] - h[..., :-1]), e[..., -1:]], -1)
    return e, h


def coupled_phases(phase: Tensor, rate: Tensor, coupling: Tensor) -> Tensor:
    """Kuramoto's oscillators, three steps, each drawn to the others' phases."""
    for _ in range(3):
        pull = torch.sin(phase[:, None, :] - phase[:, :, None])
        phase = phase + 0.1 * (rate + (coupling * pull).mean(-1))
    return phase


def orbital_overlap(place: Tensor, exponent: Tensor) -> Tensor:
    """Overlaps of normalised s orbitals, Gaussians at atoms."""
    a, b = exponent[:, None], exponent[None]
    d2 = (place[:, None] - place).square().sum(-1)
    return (4 * a * b / (a + b).square()).pow(0.75) * torch.exp(-a * b / (a + b) * d2)


def induced_dipoles(place: Tensor, field: Tensor, softness: Tensor) -> Tensor:
    """Polarisable atoms whose dipoles also feel each other, damped near by: one linear system."""
    n = place.shape[-2]
    line = place[:, None] - place
    r2 = line.square().sum(-1) + 0.8
    eye = torch.eye(3, dtype=place.dtype, device=place.device)
    t = 3 * line[..., :, None] * line[..., None, :] / r2[..., None, None] ** 2.5 - eye / r2[..., None, None] ** 1.5
    t = t * (1 - torch.eye(n, dtype=place.dtype, device=place.device))[..., None, None]
    matrix = torch.diag_embed((1 / softness)[:, None].expand(n, 3).flatten()) - 0.1 * t.transpose(1, 2).flatten(
        2
    ).flatten(0, 1)
    return torch.linalg.solve(matrix, field.flatten()).view(n, 3)


def hyperelastic_stress(gradient: Tensor) -> Tensor:
    """Neo-Hookean: the first Piola-Kirchhoff stress of a displacement's gradient, cofactors by cross products."""
    gradient = gradient + torch.eye(3, dtype=gradient.dtype, device=gradient.device)
    a, b, c = gradient.unbind(-2)
    cofactor = torch.stack([torch.linalg.cross(b, c), torch.linalg.cross(c, a), torch.linalg.cross(a, b)], -2)
    det = (a * cofactor[..., 0, :]).sum(-1)[..., None, None]
    inverse = cofactor / det
    return 0.8 * (gradient - inverse) + 1.2 * torch.log(det) * inverse


def cloth_step(place: Tensor, speed: Tensor) -> Tensor:
    """Springs between neighbours of a sheet, drag and gravity, one semi-implicit step."""
    force = -0.1 * speed - place.new_tensor([0.0, 1.0, 0.0])
    for dim in (0, 1):
        line = place.diff(dim=dim)
        length = torch.sqrt(line.square().sum(-1, keepdim=True) + 1e-3)
        pull = 5 * (length - 0.5) * line / length
        edge = torch.zeros_like(pull.narrow(dim, 0, 1))
        force = force + torch.cat([pull, edge], dim) - torch.cat([edge, pull], dim)
    return place + 0.05 * (speed + 0.05 * force)


def damped_dispersion(place: Tensor, strength: Tensor) -> Tensor:
    """Attraction of pairs by the sixth and eighth power, levelled off near by as Becke and Johnson do."""
    d2 = (place[:, None] - place).square().sum(-1)
    c6 = torch.sqrt(strength[:, None] * strength)
    each = c6 / (d2**3 + 2.0) + 2 * c6 / (d2**4 + 5.0)
    return -(each - torch.diag(each.diagonal())).sum(-1)


def smoothed_particles(place: Tensor, mass: Tensor) -> Tensor:
    """Densities of particles by a cubic spline, and the pressure of a stiff gas."""
    q = torch.sqrt((place[:, None] - place).square().sum(-1) + 1e-4) / 0.8
    kernel = torch.relu(2 - q) ** 3 - 4 * torch.relu(1 - q) ** 3
    rho = (mass * kernel).sum(-1) / 4
    return 0.2 * (rho**2 - 1)


def reaction_network(amount: Tensor, energy: Tensor, order: Tensor, change: Tensor) -> Tensor:
    """Arrhenius' rates times powers of amounts, three explicit steps of a network of reactions."""
    for _ in range(3):
        rate = torch.exp(torch.log(amount) @ order.T - energy)
        amount = (amount + 0.05 * rate @ change).clamp_min(1e-2)
    return amount


# -- finance


def heston_transform(u: Tensor, reversion: Tensor, wild: Tensor, rho: Tensor) -> Tensor:
    """The characteristic function of Heston's log-price after a year, in the form without jumps between branches."""
    z = torch.complex(torch.zeros_like(u), u)
    beta = reversion[:, None] - rho[:, None] * wild[:, None] * z
    d = torch.sqrt(beta * beta + wild[:, None] ** 2 * (z + u * u))
    g, fade = (beta - d) / (beta + d), torch.exp(-d)
    c = reversion[:, None] * 0.09 / wild[:, None] ** 2
    a = c * ((beta - d) - 2 * torch.log((1 - g * fade) / (1 - g)))
    return torch.exp(a + 0.04 / wild[:, None] ** 2 * (beta - d) * (1 - fade) / (1 - g * fade))


def short_rate_bond(rate: Tensor, pull: Tensor, level: Tensor, sigma: Tensor) -> Tensor:
    """Vasicek's prices of bonds of eight maturities."""
    t = torch.arange(1, 9, dtype=rate.dtype, device=rate.device)
    k, s2 = pull[:, None], sigma[:, None].square()
    b = -torch.expm1(-k * t) / k
    log_a = (level[:, None] - s2 / (2 * k * k)) * (b - t) - s2 * b * b / (4 * k)
    return torch.exp(log_a - b * rate[:, None])


def expected_shortfall(loss: Tensor, level: Tensor) -> Tensor:
    """Rockafellar and Uryasev's function of a threshold, its kink softened."""
    return level + F.softplus(20 * (loss - level[:, None])).mean(-1) / (20 * 0.1)


def equal_risk_weights(cov: Tensor, start: Tensor) -> Tensor:
    """Risk parity: four damped rounds towards weights that all add as much risk."""
    w = start / start.sum(-1, keepdim=True)
    for _ in range(4):
        marginal = (cov @ w[..., None]).squeeze(-1)
        w = w * torch.sqrt((w * marginal).mean(-1, keepdim=True) / (w * marginal))
        w = w / w.sum(-1, keepdim=True)
    return w


def fading_covariance(x: Tensor) -> Tensor:
    """RiskMetrics: covariances day by day, old ones worth less."""
    now, out = x[:, 0, :, None] * x[:, 0, None, :], []
    for t in range(1, x.shape[1]):
        now = 0.94 * now + 0.06 * x[:, t, :, None] * x[:, t, None, :]
        out.append(now)
    return torch.stack(out, 1)


def liquidation_schedule(size: Tensor, aversion: Tensor, impact: Tensor) -> Tensor:
    """Almgren and Chriss: what is still held at each of twelve times, and what that trades cost."""
    k = torch.sqrt(aversion / impact)[:, None]
    t = torch.linspace(0, 1, 12, dtype=size.dtype, device=size.device)
    held = size[:, None] * torch.sinh(k * (1 - t)) / torch.sinh(k)
    return torch.cat([held, impact[:, None] * held.diff(dim=-1).square()], -1)


# -- optimizers and compression


def two_speed_step(p: Tensor, g: Tensor, fast: Tensor, slow: Tensor, second: Tensor) -> Tensor:
    """AdEMAMix: Adam's momentum and a much slower one besides."""
    fast, slow = 0.9 * fast + 0.1 * g, 0.999 * slow + 0.001 * g
    second = 0.98 * second + 0.02 * g.square()
    root = torch.sqrt(second / (1 - 0.98**5)) + 1e-4
    return p - 0.05 * ((fast / (1 - 0.9**5) + 4 * slow) / root + 0.1 * p)


def difference_momentum_step(p: Tensor, g: Tensor, last: Tensor, m: Tensor, v: Tensor, n: Tensor) -> Tensor:
    """Adan: momentum of gradients and of their differences, a second moment of both."""
    d = g - last
    m, v = 0.98 * m + 0.02 * g, 0.92 * v + 0.08 * d
    n = 0.9 * n + 0.1 * (g + 0.92 * d).square()
    return (p - 0.1 * (m + 0.92 * v) / (torch.sqrt(n) + 1e-3)) / (1 + 0.1 * 0.02)


def sharpness_aware_slope(w: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """SAM of a linear model's squares: the slope a step uphill from here."""
    slope = x.T @ (x @ w - y) / len(x)
    uphill = w + 0.3 * slope / (slope.norm() + 1e-3)
    return x.T @ (x @ uphill - y) / len(x)


def two_loop_direction(g: Tensor, s: Tensor, y: Tensor) -> Tensor:
    """L-BFGS: a slope through the last three steps' curvature, back and forth."""
    y = 0.3 * y + s
    rho, q, saved = 1 / (s * y).sum(-1), g, []
    for i in reversed(range(len(s))):
        a = rho[i] * (s[i] * q).sum()
        saved.append(a)
        q = q - a * y[i]
    r = q * (s[-1] * y[-1]).sum() / y[-1].square().sum()
    for i in range(len(s)):
        r = r + s[i] * (saved[len(s) - 1 - i] - rho[i] * (y[i] * r).sum())
    return -r


def low_rank_gradient_step(g: Tensor, m: Tensor) -> Tensor:
    """GaLore: a gradient in the space of its four largest left directions, averaged there and put back."""
    u = torch.linalg.svd(g, full_matrices=False)[0][:, :4]
    inner = 0.9 * u.T @ m + 0.1 * u.T @ g
    return 0.25 * u @ (inner / (inner.square().mean().sqrt() + 1e-3))


def ternary_linear(x: Tensor, weight: Tensor) -> Tensor:
    """BitNet: weights of -1, 0 and 1 by their mean magnitude, after a norm."""
    scale = weight.abs().mean()
    return F.linear(F.rms_norm(x, x.shape[-1:], eps=1e-5), (weight / scale).round().clamp(-1, 1)) * scale


# -- geometry and graphics


def vertex_normals(vertex: Tensor, face: Tensor) -> Tensor:
    """Normals of a mesh's vertices: faces' cross products added up, of length one."""
    a, b, c = vertex[face].unbind(1)
    flat = torch.linalg.cross(b - a, c - a)
    total = torch.full_like(vertex, 0.1)
    for corner in range(3):
        total = total.index_add(0, face[:, corner], flat)
    return F.normalize(total, dim=-1)


def cotangent_weights(vertex: Tensor, face: Tensor) -> Tensor:
    """Cotangents of the three angles of each triangle, as a mesh's Laplacian has them."""
    corner = vertex[face]
    one = corner.roll(1, 1) - corner
    two = corner.roll(-1, 1) - corner
    area = torch.linalg.vector_norm(torch.linalg.cross(one, two), dim=-1)
    return 0.5 * (one * two).sum(-1) / (area + 0.1)


def point_to_plane_step(source: Tensor, target: Tensor, normal: Tensor) -> Tensor:
    """ICP: the small motion that brings points onto planes, from six normal equations."""
    n = F.normalize(normal, dim=-1)
    row = torch.cat([torch.linalg.cross(source, n), n], -1)
    gap = ((target - source) * n).sum(-1, keepdim=True)
    eye = 0.1 * torch.eye(6, dtype=source.dtype, device=source.device)
    return torch.linalg.solve(row.mT @ row + eye, row.mT @ gap).squeeze(-1)


def blended_skin(vertex: Tensor, weight: Tensor, bone: Tensor) -> Tensor:
    """Linear blend skinning: vertices moved by their bones' affine motions."""
    share = torch.softmax(weight, -1)
    motion = torch.einsum("vb,pbij->pvij", share, bone)
    return (motion[..., :3] @ vertex[..., None]).squeeze(-1) + motion[..., 3]


def bezier_patch(control: Tensor, u: Tensor, v: Tensor) -> Tensor:
    """Points of a bicubic Bézier surface."""

    def basis(t: Tensor) -> Tensor:
        return torch.stack([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3], -1)

    return torch.einsum("ni,nj,ijx->nx", basis(u), basis(v), control)


def solid_angles(point: Tensor, triangle: Tensor) -> Tensor:
    """Each point's view of each triangle, by van Oosterom and Strackee; summed they wind around it."""
    r = triangle - point[:, None, None]
    a, b, c = r.unbind(2)
    la, lb, lc = torch.sqrt(r.square().sum(-1) + 1e-2).unbind(-1)
    top = (a * torch.linalg.cross(b, c)).sum(-1)
    down = la * lb * lc + (a * b).sum(-1) * lc + (b * c).sum(-1) * la + (c * a).sum(-1) * lb
    return torch.atan2(top, down.abs() + 0.5) / (2 * math.pi)


def projected_covariance(mean: Tensor, scale: Tensor, turn: Tensor) -> Tensor:
    """Gaussian splatting: a Gaussian's inverse covariance on the screen, from its scales and its quaternion."""
    w, x, y, z = F.normalize(turn, dim=-1).unbind(-1)
    r = torch.stack(
        [
            *(1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)),
            *(2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)),
            *(2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)),
        ],
        -1,
    ).unflatten(-1, (3, 3))
    m = r * scale[:, None]
    px, py, pz = mean.unbind(-1)
    o = torch.zeros_like(pz)
    j = torch.stack([1 / pz, o, -px / pz**2, o, 1 / pz, -py / pz**2], -1).unflatten(-1, (2, 3))
    flat = j @ m
    cov = flat @ flat.mT
    a, b, c = cov[:, 0, 0] + 0.3, cov[:, 0, 1], cov[:, 1, 1] + 0.3
    return torch.stack([c, -b, a], -1) / (a * c - b * b)[:, None]


def hashed_grid(point: Tensor, table: Tensor) -> Tensor:
    """Instant NGP: features of a cell's corners from hashed tables of two resolutions, blended bilinearly."""
    out = []
    for level, size in enumerate((7, 13)):
        at = point * size
        low = at.floor()
        f, cell, sum_ = at - low, low.long(), 0.0
        for i in (0, 1):
            for j in (0, 1):
                slot = ((cell[:, 0] + i) ^ ((cell[:, 1] + j) * 2654435761)) % table.shape[1]
                share = (f[:, 0] if i else 1 - f[:, 0]) * (f[:, 1] if j else 1 - f[:, 1])
                sum_ = sum_ + share[:, None] * table[level, slot]
        out.append(sum_)
    return torch.cat(out, -1)


# -- signals


def wavelet_scalogram(x: Tensor) -> Tensor:
    """Morlet's wavelets at five scales: squared magnitudes of real and imaginary parts."""
    at, out = torch.arange(-12, 13, dtype=x.dtype, device=x.device), []
    for scale in (1.0, 1.5, 2.0, 3.0, 4.0):
        bell = torch.exp(-0.5 * (at / scale).square()) / scale
        waves = torch.stack([bell * torch.cos(5 * at / scale), bell * torch.sin(5 * at / scale)])[:, None]
        out.append(F.conv1d(x[:, None], waves, padding=12).square().sum(1))
    return torch.stack(out, 1)


def tone_power(x: Tensor, frequency: Tensor) -> Tensor:
    """Goertzel: the power of a few tones by a recursion of two numbers for each."""
    c = 2 * torch.cos(frequency)
    one, two = x.new_zeros(len(x), len(frequency)), x.new_zeros(len(x), len(frequency))
    for t in range(x.shape[1]):
        one, two = x[:, t, None] + c * one - two, one
    return (one.square() + two.square() - c * one * two) / x.shape[1]


def lattice_filter(x: Tensor, reflect: Tensor) -> Tensor:
    """A prediction error through a lattice of three reflections."""
    forward, backward = x, x
    for k in reflect.unbind(-1):
        late = F.pad(backward, (1, -1))
        forward, backward = forward + k[:, None] * late, late + k[:, None] * forward
    return forward


def averaged_periodogram(x: Tensor) -> Tensor:
    """Welch: powers of half overlapping, windowed segments without their means, averaged."""
    part = x.unfold(-1, 16, 8)
    window = torch.hann_window(16, dtype=x.dtype, device=x.device)
    spectrum = torch.fft.rfft((part - part.mean(-1, keepdim=True)) * window)
    return (spectrum.real.square() + spectrum.imag.square()).mean(-2) / window.square().sum()


def position_speed_tracker(x: Tensor) -> Tensor:
    """An alpha-beta filter: position and speed, corrected by each new measurement."""
    place, speed, out = x[:, 0], torch.zeros_like(x[:, 0]), []
    for t in range(1, x.shape[1]):
        guess = place + 0.5 * speed
        gap = x[:, t] - guess
        place, speed = guess + 0.6 * gap, speed + 0.3 * gap
        out.append(place)
    return torch.stack(out, 1)


def denoised_by_dual(x: Tensor) -> Tensor:
    """Chambolle's total variation in one dimension: six projected steps of the dual."""
    dual = torch.zeros_like(x[..., 1:])
    for _ in range(6):
        y = x - F.pad(dual, (1, 0)) + F.pad(dual, (0, 1))
        dual = (dual + 0.25 * y.diff(dim=-1)).clamp(-0.4, 0.4)
    return x - F.pad(dual, (1, 0)) + F.pad(dual, (0, 1))


def unrolled_sparse_code(x: Tensor, dictionary: Tensor, threshold: Tensor) -> Tensor:
    """LISTA: three shrinking steps towards a sparse code of each row."""
    code = torch.zeros(len(x), dictionary.shape[0], dtype=x.dtype, device=x.device)
    for _ in range(3):
        code = code + 0.3 * (x - code @ dictionary) @ dictionary.T
        code = code.sign() * torch.relu(code.abs() - threshold)
    return code @ dictionary


def profile_distances(x: Tensor) -> Tensor:
    """Matrix profile's table: distances of all pairs of windows, each made mean zero and deviation one."""
    part = x.unfold(-1, 9, 3)
    part = (part - part.mean(-1, keepdim=True)) / (part.std(-1, keepdim=True, correction=0) + 1e-2)
    return torch.sqrt(2 * (9 - part @ part.mT).clamp_min(0) + 0.1)


def block_cosine_transform(x: Tensor, table: Tensor) -> Tensor:
    """JPEG without its rounding: cosine transforms of blocks of eight, over a table of steps."""
    at = torch.arange(8, dtype=x.dtype, device=x.device)
    basis = torch.cos((2 * at + 1) * at[:, None] * math.pi / 16) / 2
    basis = torch.cat([basis[:1] / math.sqrt(2), basis[1:]])
    block = x.unflatten(-1, (-1, 8)).unflatten(-3, (-1, 8)).transpose(-3, -2)
    return basis @ block @ basis.T / table
