"""Parts of programs as users of PyTorch write them, of given tensors only: the earth, weather, chemistry, robots.

None of them is in an earlier file; fourteenth.py gives them their inputs, fused_code.py, signal_code.py and
risk_code.py have the other fields.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- geophysics


def synthetic_seismogram(speed: Tensor, density: Tensor) -> Tensor:
    """What layers send back: steps of impedance, through a wavelet of Ricker."""
    z = speed * density
    step = (z[:, 1:] - z[:, :-1]) / (z[:, 1:] + z[:, :-1])
    t = (math.pi * torch.arange(-7, 8, dtype=z.dtype, device=z.device) / 8).square()
    return F.conv1d(step[:, None], ((1 - 2 * t) * torch.exp(-t))[None, None], padding=7).squeeze(1)


def angle_reflectivity(compress: Tensor, shear: Tensor, density: Tensor, angle: Tensor) -> Tensor:
    """Aki and Richards: how an interface reflects by angle, for small steps of what is on either side."""
    p, s, d = (torch.diff(t, dim=-1) / (0.5 * (t[:, 1:] + t[:, :-1])) for t in (compress, shear, density))
    ratio = ((shear[:, 1:] + shear[:, :-1]) / (compress[:, 1:] + compress[:, :-1])).square()
    sine = angle.sin().square()[:, None, None]
    return 0.5 * (1 - 4 * ratio * sine) * d + p / (2 * (1 - sine)) - 4 * ratio * sine * s


def flattened_gather(x: Tensor, offset: Tensor, speed: Tensor) -> Tensor:
    """Normal move-out: traces read along the hyperbola of their offset, and their semblance."""
    n = x.shape[-1]
    t = torch.arange(n, dtype=x.dtype, device=x.device)
    at = torch.sqrt(t.square() + (offset[:, None] / speed).square()).clamp(max=n - 1.5)
    low = at.floor()
    y = torch.lerp(x.gather(-1, low.long()), x.gather(-1, low.long() + 1), at - low)
    return torch.cat([y, y.sum(0, keepdim=True).square() / (len(y) * y.square().sum(0, keepdim=True) + 0.1)])


def layered_resistance(resist: Tensor, thick: Tensor, spacing: Tensor) -> Tensor:
    """Koefoed: what a sounding measures over layers, from the lowest up."""
    t = resist[:, -1:]
    for i in range(thick.shape[1] - 1, -1, -1):
        r, h = resist[:, i : i + 1], torch.tanh(thick[:, i : i + 1] / spacing)
        t = (t + r * h) / (1 + t * h / r)
    return t


def filled_rock(frame: Tensor, grain: Tensor, fluid: Tensor, porous: Tensor) -> Tensor:
    """Gassmann: how stiff a rock is whose pores are filled."""
    return frame + (1 - frame / grain).square() / (porous / fluid + (1 - porous) / grain - frame / grain.square())


def aftershock_rate(time: Tensor, size: Tensor, at: Tensor) -> Tensor:
    """Omori's and Utsu's law over all shocks before each moment."""
    gap = at[:, None] - time
    rate = torch.exp(0.8 * size) / (gap.clamp_min(0) + 0.05).pow(1.125)
    return torch.log(0.25 + torch.where(gap > 0, rate, 0).sum(-1))


def located_shock(place: Tensor, sensor: Tensor, arrival: Tensor) -> Tensor:
    """Geiger: three damped steps of an earthquake's place and time towards what stations heard."""
    now = torch.zeros_like(arrival[:, :1])
    for _ in range(3):
        away = place[:, None] - sensor
        d = torch.sqrt(away.square().sum(-1) + 0.05)
        j = F.pad(away / d[..., None], (0, 1), value=1.0)
        eye = 0.1 * torch.eye(j.shape[-1], dtype=j.dtype, device=j.device)
        miss = (arrival - d - now)[..., None]
        step = torch.linalg.solve(j.mT @ j + eye, j.mT @ miss).squeeze(-1)
        place, now = place + step[:, :-1], now + step[:, -1:]
    return torch.cat([place, now], -1)


def box_gravity(corner: Tensor, size: Tensor) -> Tensor:
    """The pull of a box down, by logarithms and arctangents at its eight corners."""
    total = torch.zeros_like(corner[:, 0])
    for i in range(8):
        bit = torch.tensor([i & 1, i >> 1 & 1, i >> 2], dtype=corner.dtype, device=corner.device)
        x, y, z = (corner + bit * size).unbind(-1)
        r = torch.sqrt(x * x + y * y + z * z)
        part = x * torch.log(y + r) + y * torch.log(x + r) - z * torch.atan2(x * y, z * r)
        total = total + (-1) ** (bin(i).count("1")) * part
    return total


def first_arrivals(slow: Tensor) -> Tensor:
    """Travel times on a grid from its corner, by rounds that take the least over neighbours."""
    at = torch.full_like(slow, 50.0)
    at = torch.cat([torch.cat([slow[:, :1, :1], at[:, :1, 1:]], -1), at[:, 1:]], 1)
    for _ in range(6):
        wide = F.pad(at[:, None], (1, 1, 1, 1), value=50.0).squeeze(1)
        a = torch.minimum(wide[:, 1:-1, :-2], wide[:, 1:-1, 2:])
        b = torch.minimum(wide[:, :-2, 1:-1], wide[:, 2:, 1:-1])
        both = 0.5 * (a + b + torch.sqrt(torch.relu(2 * slow.square() - (a - b).square()) + 1e-3))
        at = torch.minimum(at, torch.where((a - b).abs() < slow, both, torch.minimum(a, b) + slow))
    return at


# -- weather and climate


def stable_wind_profile(height: Tensor, length: Tensor, rough: Tensor) -> Tensor:
    """Monin and Obukhov: a logarithm of height, corrected for air that rises or stays."""
    z = height / length
    x = (1 - 16 * z.clamp(max=0)).pow(0.25)
    rising = 2 * torch.log(0.5 + 0.5 * x) + torch.log(0.5 + 0.5 * x * x) - 2 * torch.atan(x) + math.pi / 2
    return (torch.log(height / rough) - torch.where(z > 0, -5 * z, rising)) / 0.4


def ice_albedo_balance(heat: Tensor, sun: Tensor) -> Tensor:
    """Budyko and Sellers: bands of latitude that ice makes bright, eight steps of light, loss and mixing."""
    for _ in range(8):
        dark = 0.5 + 0.25 * torch.tanh(2 * heat)
        wide = F.pad(heat[:, None], (1, 1), mode="replicate").squeeze(1)
        mixed = wide[:, 2:] - 2 * heat + wide[:, :-2]
        heat = heat + 0.25 * (sun * dark - 0.5 - 0.375 * heat + 0.5 * mixed)
    return heat


def snow_and_melt(rain: Tensor, heat: Tensor, rate: Tensor) -> Tensor:
    """A pack of snow day by day: what falls cold stays, what is warm melts it as far as there is any."""
    pack, out = torch.zeros_like(rain[:, 0]), []
    for water, warm in zip(rain.unbind(1), heat.unbind(1), strict=True):
        frozen = torch.sigmoid(-2 * warm)
        melt = torch.minimum(pack, rate * torch.relu(warm))
        pack = pack + water * frozen - melt
        out.append(water * (1 - frozen) + melt)
    return torch.stack([*out, pack], 1)


def lifted_parcel(heat: Tensor, moist: Tensor) -> Tensor:
    """How buoyant air is in steps up: it cools, dry first, less once it is full, and water falls out."""
    out = []
    for _ in range(7):
        full = 0.611 * torch.exp(17.27 * heat / (heat + 237.3)) / 8
        share = torch.sigmoid(8 * (moist - full))
        heat = heat - 4 * (1 - 0.5 * share)
        moist = torch.minimum(moist, full + 0.125 * (moist - full).abs())
        out.append(heat + 3 * moist)
    return torch.stack(out, -1)


def advected_scalar(x: Tensor, wind: Tensor) -> Tensor:
    """Six steps against the wind on a ring, with slopes of Van Leer."""
    for _ in range(6):
        back, forth = x - x.roll(1, -1), x.roll(-1, -1) - x
        both = torch.relu(back * forth)
        slope = 2 * both * (back + forth).sign() / (back.abs() + forth.abs() + 0.05)
        flux = wind * (x + 0.5 * (1 - wind) * slope)
        x = x - flux + flux.roll(1, -1)
    return x


# -- chemistry


def bessel_edge_basis(distance: Tensor) -> Tensor:
    """DimeNet: six spherical waves of a bond's length, under a polynomial that ends smoothly."""
    d = distance[..., None] / 5
    n = torch.arange(1, 7, dtype=d.dtype, device=d.device)
    end = 1 / d - 28 * d.pow(5) + 48 * d.pow(6) - 21 * d.pow(7)
    return end * torch.sin(n * math.pi * d)


def switched_exponential_energy(place: Tensor, kind: Tensor, strength: Tensor) -> Tensor:
    """Buckingham's potential between atoms of given kinds, switched off smoothly between two lengths."""
    gap = (place[:, :, None] - place[:, None]).square().sum(-1) + 1
    r = gap.sqrt()
    pair = strength[kind[:, :, None], kind[:, None]]
    x = ((gap - 4) / 5).clamp(0, 1)
    switch = (1 - x).square() * (1 + 2 * x)
    return ((8 * pair * torch.exp(-2 * r) - pair / gap.pow(3)) * switch).triu(1).sum((-2, -1))


def orbital_energies(near: Tensor, own: Tensor) -> Tensor:
    """Hückel: energies of electrons on a molecule's graph."""
    return torch.linalg.eigvalsh(torch.diag_embed(own) - 0.5 * (near + near.mT))


def ionic_activity(strength: Tensor, charge: Tensor) -> Tensor:
    """Davies' extension of Debye and Hückel: logarithms of how active ions are."""
    root = strength.sqrt()
    return -0.509 * charge.square() * (root / (1 + root) - 0.3 * strength)


def flashed_mixture(share: Tensor, split: Tensor) -> Tensor:
    """Rachford and Rice: how much of a feed is vapour, by six steps of Newton, and both phases."""
    v = torch.full_like(share[:, :1], 0.5)
    z = share / share.sum(-1, keepdim=True)
    for _ in range(6):
        part = z * (split - 1) / (1 + v * (split - 1))
        v = (v + part.sum(-1, keepdim=True) / (part.square() / z).sum(-1, keepdim=True)).clamp(0, 1)
    liquid = z / (1 + v * (split - 1))
    return torch.cat([v, liquid, liquid * split], -1)


def tailing_peaks(time: Tensor, centre: Tensor, width: Tensor, tail: Tensor, area: Tensor) -> Tensor:
    """A chromatogram: Gaussian peaks smeared by exponential tails, summed."""
    t = (time[:, None] - centre) / width
    log = 0.5 * (width / tail).square() - (time[:, None] - centre) / tail
    return (area / (2 * tail) * torch.exp(log) * torch.erfc((width / tail - t) / math.sqrt(2))).sum(-1)


def absorption_lines(wave: Tensor, centre: Tensor, width: Tensor, share: Tensor) -> Tensor:
    """What passes through lines that are part Lorentz's, part Gauss's."""
    x = ((wave[:, None] - centre) / width).square()
    line = share / (1 + x) / math.pi + (1 - share) * torch.exp(-math.log(2) * x) * math.sqrt(math.log(2) / math.pi)
    return torch.exp(-(line / width).sum(-1))


def hopping_rates(gap: Tensor, bond: Tensor, stir: Tensor) -> Tensor:
    """Marcus: how fast electrons move, by logarithms, towards and beyond what is best."""
    log = 2 * torch.log(bond.abs() + 0.01) - (stir + gap).square() / (4 * stir * 0.25)
    return log - 0.5 * torch.log(math.pi * stir)


def equalised_charges(place: Tensor, pull: Tensor, hard: Tensor) -> Tensor:
    """Charges that make all atoms pull electrons alike and sum to none, by one linear system."""
    near = torch.rsqrt((place[:, :, None] - place[:, None]).square().sum(-1) + 0.5)
    near = near.triu(1) + near.triu(1).mT + torch.diag_embed(hard)
    edge = F.pad(F.pad(near, (0, 1), value=1.0), (0, 0, 0, 1), value=1.0)
    n = edge.shape[-1]
    corner = torch.zeros(n, n, dtype=place.dtype, device=place.device)
    corner[-1, -1] = 1.0
    return torch.linalg.solve(edge - corner, F.pad(-pull, (0, 1))[..., None]).squeeze(-1)[:, :-1]


def coordinated_dispersion(place: Tensor, size: Tensor) -> Tensor:
    """Smooth numbers of neighbours, and a damped pull that they weaken."""
    r = torch.sqrt((place[:, :, None] - place[:, None]).square().sum(-1) + 0.25)
    sum_ = size[:, :, None] + size[:, None]
    off = 1 - torch.eye(r.shape[-1], dtype=r.dtype, device=r.device)
    count = (off * torch.sigmoid(16 * (4 / 3 * sum_ / r - 1))).sum(-1)
    weak = 1 / (1 + 0.25 * count)
    pull = weak[:, :, None] * weak[:, None] / (r.pow(6) + (0.5 * sum_ + 1).pow(6))
    return torch.cat([count, -(off * pull).sum(-1)], -1)


def titration_curve(acid: Tensor, strength: Tensor, base: Tensor) -> Tensor:
    """How acid a mixture is: halving steps on the balance of charges, in logarithms."""
    low, high = torch.zeros_like(base), torch.full_like(base, 14.0)
    for _ in range(9):
        mid = 0.5 * (low + high)
        lost = acid / (1 + 10 ** (strength - mid))
        over = 10 ** (mid - 14) + lost - base - 10**-mid > 0
        low, high = torch.where(over, low, mid), torch.where(over, mid, high)
    return 0.5 * (low + high)


# -- physics


def boosted_momentum(p: Tensor, speed: Tensor) -> Tensor:
    """Energy and momentum as one who moves sees them, and the mass, which stays."""
    square = speed.square().sum(-1, keepdim=True)
    gamma = torch.rsqrt(1 - square)
    along = (speed * p[..., 1:]).sum(-1, keepdim=True)
    place = p[..., 1:] + ((gamma - 1) / square * along - gamma * p[..., :1]) * speed
    mass = torch.sqrt(p[..., :1].square() - p[..., 1:].square().sum(-1, keepdim=True))
    return torch.cat([gamma * (p[..., :1] - along), place, mass], -1)


def jet_correlation(force: Tensor, place: Tensor) -> Tensor:
    """How a jet's energy is spread: shares of pairs and of triples by how far they are apart."""
    z = force / force.sum(-1, keepdim=True)
    d = torch.sqrt((place[:, :, None] - place[:, None]).square().sum(-1) + 1e-3)
    two = torch.einsum("bi,bj,bij->b", z, z, d)
    three = torch.einsum("bi,bj,bk,bij,bjk,bki->b", z, z, z, d, d, d)
    return torch.stack([two, three, three / two.pow(3)], -1)


def outward_wave(well: Tensor, energy: Tensor) -> Tensor:
    """Numerov: a wave in a well stepped outward, of sixth order."""
    f = 1 + (energy[:, None] - well) / 192
    a, b = torch.zeros_like(energy), torch.full_like(energy, 0.25)
    out = [a, b]
    for k in range(1, well.shape[1] - 1):
        a, b = b, ((12 - 10 * f[:, k]) * b - f[:, k - 1] * a) / f[:, k + 1]
        out.append(b)
    return torch.stack(out, 1)


def polytrope(index: Tensor) -> Tensor:
    """Lane and Emden: a star's density falling outward, twelve steps of midpoints."""
    y, v, out = torch.ones_like(index), torch.zeros_like(index), []
    for k in range(1, 13):
        x = 0.125 * k
        half = y + 0.0625 * v
        mid = v - 0.0625 * (half.clamp_min(0.01).pow(index) + 2 * v / x)
        v = v - 0.125 * (half.clamp_min(0.01).pow(index) + 2 * mid / x)
        y = y + 0.125 * mid
        out.append(y)
    return torch.stack(out, -1)


def wire_field(point: Tensor, node: Tensor) -> Tensor:
    """Biot and Savart: the field around a closed wire of straight pieces."""
    step, mid = node.roll(-1, -2) - node, 0.5 * (node + node.roll(-1, -2))
    away = point[:, None] - mid
    return (torch.linalg.cross(step.expand_as(away), away) / (away.square().sum(-1, keepdim=True) + 0.2).pow(1.5)).sum(
        1
    )


def halo_lensing(radius: Tensor, scale: Tensor) -> Tensor:
    """Bartelmann: the mass seen along a line through a dark halo, with one law inside its scale and one outside."""
    x = radius / scale
    inside, outside = (x.square() - 1).clamp(max=-0.02), (x.square() - 1).clamp_min(0.02)
    low = (1 - torch.acosh(1 / x.clamp(max=0.99)) / (-inside).sqrt()) / inside
    high = (1 - torch.acos(1 / x.clamp_min(1.01)) / outside.sqrt()) / outside
    return 2 * torch.where(x < 1, low, high)


# -- robots


def smooth_trajectory(start: Tensor, end: Tensor, time: Tensor) -> Tensor:
    """Fifth order between two states of place, speed and push, and the jerk there."""
    (p, v, a), (q, w, b) = start.unbind(-1), end.unbind(-1)
    gap, t = q - p, time[:, None]
    c3 = 10 * gap - 6 * v - 4 * w - 1.5 * a + 0.5 * b
    c4 = -15 * gap + 8 * v + 7 * w + 1.5 * a - b
    c5 = 6 * gap - 3 * (v + w) - 0.5 * (a - b)
    place = p + t * (v + t * (0.5 * a + t * (c3 + t * (c4 + t * c5))))
    return torch.stack([place, 6 * c3 + t * (24 * c4 + 60 * t * c5)])


def pushed_by_obstacles(place: Tensor, goal: Tensor, obstacle: Tensor) -> Tensor:
    """Eight steps down a potential: drawn to a goal, pushed off by what is near."""
    for _ in range(8):
        away = place[:, None] - obstacle
        d = torch.sqrt(away.square().sum(-1, keepdim=True) + 0.05)
        push = torch.relu(1 / d - 0.75) / d.pow(3) * away
        place = place + 0.125 * torch.tanh(goal - place + 0.25 * push.sum(1))
    return place


def capsule_distance(p: Tensor, u: Tensor, q: Tensor, w: Tensor) -> Tensor:
    """How far two thick segments are apart, at the places along both that are nearest."""
    r = p - q
    a, e, f = (u * u).sum(-1), (w * w).sum(-1), (w * r).sum(-1)
    b, c = (u * w).sum(-1), (u * r).sum(-1)
    s = ((b * f - c * e) / (a * e - b * b + 0.01)).clamp(0, 1)
    t = ((b * s + f) / e).clamp(0, 1)
    s = ((b * t - c) / a).clamp(0, 1)
    return torch.sqrt((r + s[..., None] * u - t[..., None] * w).square().sum(-1) + 1e-3) - 0.25


def rotation_logarithm(turn: Tensor) -> Tensor:
    """The axis times the angle of a matrix of rotation, made from two vectors given."""
    x = F.normalize(turn[..., 0, :], dim=-1)
    y = F.normalize(turn[..., 1, :] - (x * turn[..., 1, :]).sum(-1, keepdim=True) * x, dim=-1)
    r = torch.stack([x, y, torch.linalg.cross(x, y)], -2)
    angle = torch.acos((0.5 * (r.diagonal(dim1=-2, dim2=-1).sum(-1) - 1)).clamp(-0.98, 0.98))
    skew = r - r.mT
    axis = torch.stack([skew[..., 2, 1], skew[..., 0, 2], skew[..., 1, 0]], -1)
    return axis * (angle / (2 * angle.sin()))[..., None]


def two_link_torque(q: Tensor, speed: Tensor, push: Tensor) -> Tensor:
    """Newton and Euler for an arm of two links: inertia, what turning does, and weight."""
    c, s = q[:, 1].cos(), q[:, 1].sin()
    mass = torch.stack([1.5 + c, 0.5 + 0.5 * c, 0.5 + 0.5 * c, torch.full_like(c, 0.5)], -1).unflatten(-1, (2, 2))
    turn = torch.stack([-0.5 * s * speed[:, 1] * (2 * speed[:, 0] + speed[:, 1]), 0.5 * s * speed[:, 0].square()], -1)
    low = 0.5 * torch.cos(q.sum(-1))
    weight = 9.81 * torch.stack([1.5 * q[:, 0].cos() + low, low], -1)
    return (mass @ push[..., None]).squeeze(-1) + turn + weight


def tyre_force(slip: Tensor, load: Tensor, camber: Tensor) -> Tensor:
    """Pacejka's formula: force across a tyre, which rises, peaks and falls."""
    stiff = 10 * torch.sin(2 * torch.atan(load / 4)) * (1 - 0.25 * camber.abs())
    peak = load * (1.1 - 0.05 * load)
    x = stiff / (1.3 * peak) * slip
    return peak * torch.sin(1.3 * torch.atan(x - 0.2 * (x - torch.atan(x))))


def smoothed_states(x: Tensor, move: Tensor) -> Tensor:
    """Rauch, Tung and Striebel: a filter forward, then what is known later brought back."""
    eye = torch.eye(move.shape[-1], dtype=x.dtype, device=x.device)
    m, p, seen = torch.zeros_like(x[:, 0]), eye.expand_as(move), []
    for now in x.unbind(1):
        ahead, wide = (move @ m[..., None]).squeeze(-1), move @ p @ move.mT + 0.25 * eye
        gain = torch.linalg.solve(wide + eye, wide)
        m = ahead + (gain.mT @ (now - ahead)[..., None]).squeeze(-1)
        p = wide - gain.mT @ wide
        seen.append((m, p, ahead, wide))
    out = [m]
    for (m0, p0, _, _), (_, _, ahead, wide) in zip(seen[-2::-1], seen[:0:-1], strict=True):
        back = torch.linalg.solve(wide, move @ p0).mT
        m = m0 + (back @ (m - ahead)[..., None]).squeeze(-1)
        out.append(m)
    return torch.stack(out[::-1], 1)
