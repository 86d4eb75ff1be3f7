"""Physics, chemistry, earth, life and engineering as users of PyTorch write them, of given tensors only.

None of it is in an earlier file; eighteenth_inputs.py gives the functions their inputs.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- air, water and soil


def seawater_sound_speed(heat: Tensor, salt: Tensor, depth: Tensor) -> Tensor:
    """Mackenzie: how fast sound runs in the sea, in kilometres a second and of kilometres' depth."""
    base = 1.448960 + 4.591e-3 * heat - 5.304e-5 * heat.square() + 2.374e-7 * heat**3
    return base + 1.340e-3 * (salt - 35) + 1.63e-2 * depth + 1.675e-4 * depth.square() - 1.025e-5 * heat * (salt - 35)


def felt_heat(heat: Tensor, wet: Tensor) -> Tensor:
    """Rothfusz: how hot it feels, by a polynomial of heat and of moisture in hundreds."""
    t, r = heat, wet
    linear = -0.42379 + 2.04901523 * t + 0.1014333127 * r - 2.2475541 * t * r
    square = -0.6837830 * t * t - 0.5481717 * r * r
    return linear + square + 1.22874 * t * t * r + 0.85282 * t * r * r - 0.199 * t * t * r * r


def spreading_fire(wind: Tensor, slope: Tensor, moist: Tensor) -> Tensor:
    """Rothermel: how fast a fire runs, by wind, slope and wet fuel."""
    r = moist / 0.3
    damp = (1 - 2.59 * r + 5.11 * r.square() - 3.52 * r**3).clamp_min(0.05)
    wind_part = 0.4 * torch.exp(0.7 * wind.log())
    return damp * (1 + wind_part + 5.275 * 0.6 * torch.tan(slope).square()) / (0.25 + 1.116 * moist)


def infiltrated_depth(time: Tensor, conduct: Tensor, suction: Tensor) -> Tensor:
    """Green and Ampt: how much water a soil has taken, by seven of Newton's steps."""
    depth = conduct * time + suction
    for _ in range(7):
        gap = depth - suction * torch.log1p(depth / suction) - conduct * time
        depth = depth - gap * (suction + depth) / depth
    return depth


def gamma_hydrograph(rain: Tensor, shape: Tensor, scale: Tensor) -> Tensor:
    """A basin's flow: rain spread by a gamma density, normalised."""
    t = torch.arange(rain.shape[-1], dtype=rain.dtype, device=rain.device) + 0.5
    log = (shape[:, None] - 1) * t.log() - t / scale[:, None]
    unit = torch.softmax(log, -1)
    return F.conv1d(F.pad(rain, (rain.shape[-1] - 1, 0))[None], unit.flip(-1)[:, None], groups=rain.shape[0])[0]


def bed_load(depth: Tensor, slope: Tensor, grain: Tensor) -> Tensor:
    """Meyer-Peter and Müller: what a river rolls along its bed, with a soft threshold."""
    shear = depth * slope / (1.65 * grain)
    return 8 * (F.softplus(40 * (shear - 0.047)) / 40).pow(1.5) * torch.sqrt(1.65 * grain) * grain


def fitted_tides(time: Tensor, height: Tensor, pitch: Tensor) -> Tensor:
    """Amplitudes of given tides in a record, by least squares."""
    angle = time[:, None] * pitch
    z = torch.cat((torch.cos(angle), torch.sin(angle), torch.ones_like(time)[:, None]), -1)
    a, b = torch.linalg.solve(z.mT @ z, z.mT @ height)[:-1].chunk(2, 0)
    return torch.sqrt(a.square() + b.square())


def growing_droplet(size: Tensor, dry: Tensor, kappa: Tensor) -> Tensor:
    """Köhler: how moist air must be over a droplet with salt in it, in parts of a thousand."""
    log = 2.1e-3 / size - kappa * dry**3 / (size**3 - dry**3 * (1 - kappa))
    return 1000 * torch.expm1(log)


def smoke_plume(far: Tensor, side: Tensor, up: Tensor, high: Tensor) -> Tensor:
    """A chimney's smoke, normal across the wind, thrown back by the ground."""
    wide, tall = 0.22 * far * torch.rsqrt(1 + 0.1 * far), 0.2 * far
    across = torch.exp(-0.5 * (side / wide).square())
    below, above = torch.exp(-0.5 * ((up - high) / tall).square()), torch.exp(-0.5 * ((up + high) / tall).square())
    return across * (below + above) / (2 * math.pi * wide * tall)


# -- chemistry and life


def pressed_reaction_rate(heat: Tensor, third: Tensor, core: Tensor) -> Tensor:
    """Troe: a rate between its limits of thin and of dense gas, in logarithms."""
    reduced = torch.exp(1.5 - 2 / heat) * third
    log_f = torch.log10(core)
    x = torch.log10(reduced)
    c, n = -0.4 - 0.67 * log_f, 0.75 - 1.27 * log_f
    return torch.log10(reduced / (1 + reduced)) + log_f / (1 + ((x + c) / (n - 0.14 * (x + c))).square())


def soft_bond_order_energy(place: Tensor) -> Tensor:
    """Tersoff: pairs whose bond is weaker the more neighbours they have, and their angles."""
    ray = place[:, None] - place
    eye = torch.eye(place.shape[0], dtype=place.dtype, device=place.device)
    far = torch.sqrt(ray.square().sum(-1) + eye)
    cut = torch.exp(-((far / 2).pow(4))) * (1 - eye)
    cos = torch.einsum("ijd,ikd->ijk", ray, ray) / (far[:, :, None] * far[:, None])
    angle = 1 + 1.5 - 1.5 / (1 + (cos + 0.3).square())
    zeta = (cut[:, None] * angle * (1 - eye)[None]).sum(-1)
    order = torch.rsqrt(1 + 0.3 * zeta)
    return (cut * (torch.exp(-2 * far) * 4 - order * torch.exp(-far))).sum(-1)


def ellipsoid_pair_energy(one: Tensor, two: Tensor, ray: Tensor) -> Tensor:
    """Gay and Berne: the energy of two elongated molecules."""
    a, b, r = (F.normalize(z, dim=-1) for z in (one, two, ray))
    far = ray.norm(dim=-1)
    c, d, e = (a * r).sum(-1), (b * r).sum(-1), (a * b).sum(-1)
    chi = 0.6
    size = torch.rsqrt(1 - 0.5 * chi * ((c + d).square() / (1 + chi * e) + (c - d).square() / (1 - chi * e)))
    z = 1 / (far - size + 1)
    return 4 * torch.rsqrt(1 - (chi * e).square()) * (z.pow(12) - z.pow(6))


def dissipative_forces(place: Tensor, speed: Tensor, noise: Tensor) -> Tensor:
    """Particles of a fluid that push, rub and shake each other softly."""
    ray, gap = place[:, None] - place, speed[:, None] - speed
    far = torch.sqrt(ray.square().sum(-1, keepdim=True) + 1e-2)
    weight = (1 - far).clamp_min(0)
    unit = ray / far
    rub = (gap * unit).sum(-1, keepdim=True)
    shake = torch.triu(noise, 1)[..., None]
    return ((5 * weight - 2 * weight.square() * rub + weight * (shake + shake.transpose(0, 1))) * unit).sum(1)


def polymer_mixing_energy(share: Tensor, length: Tensor, chi: Tensor) -> tuple[Tensor, Tensor]:
    """Flory and Huggins: the energy of mixing chains with a solvent, and the pressure it makes."""
    rest = 1 - share
    energy = share / length * share.log() + rest * torch.log1p(-share) + chi * share * rest
    return energy, -torch.log1p(-share) - (1 - 1 / length) * share - chi * share.square()


def stretched_chain_force(long: Tensor, stiff: Tensor) -> Tensor:
    """Marko and Siggia, with Bouchiat's terms: the force of a worm-like chain."""
    total = 0.25 / (1 - long).square() - 0.25 + long
    for i, a in enumerate((-0.5164228, -2.737418, 16.07497, -38.87607, 39.49944, -14.17718)):
        total = total + a * long ** (i + 2)
    return total / stiff


def allosteric_share(dose: Tensor, fold: Tensor, ratio: Tensor) -> Tensor:
    """Monod, Wyman and Changeux: how many of four sites are taken."""
    a = dose
    top = a * (1 + a) ** 3 + fold * ratio * a * (1 + ratio * a) ** 3
    return top / ((1 + a) ** 4 + fold * (1 + ratio * a) ** 4)


def passive_cable(volt: Tensor, current: Tensor, leak: Tensor) -> Tensor:
    """A dendrite's voltage after three implicit steps along its length."""
    n = volt.shape[-1]
    eye = torch.eye(n, dtype=volt.dtype, device=volt.device)
    near = torch.diag(volt.new_ones(n - 1), 1)
    side = torch.diag_embed(leak) + eye * 2 - near - near.mT
    for _ in range(3):
        volt = torch.linalg.solve(eye + 0.2 * side, volt + 0.2 * current)
    return volt


def tired_synapse(spike: Tensor, use: Tensor, rest: Tensor) -> Tensor:
    """Tsodyks and Markram: what a synapse sends as it tires and is eased."""
    left, ease, out = torch.ones_like(use), use, []
    for now in spike.unbind(1):
        sent = ease * left * now
        out.append(sent)
        left = left + (1 - left) * -torch.expm1(-1 / rest) - sent
        ease = ease + (use - ease) * 0.3 + use * (1 - ease) * now
    return torch.stack(out, 1)


# -- particles and stars


def boosted_momenta(p: Tensor, speed: Tensor) -> Tensor:
    """Lorentz: energies and momenta as one sees them who moves."""
    square = speed.square().sum(-1, keepdim=True)
    gamma = torch.rsqrt(1 - square)
    along = (speed * p[..., 1:]).sum(-1, keepdim=True)
    energy = gamma * (p[..., :1] - along)
    push = (gamma - 1) * along / square - gamma * p[..., :1]
    return torch.cat((energy, p[..., 1:] + push * speed), -1)


def pair_masses(p: Tensor, mass: Tensor) -> Tensor:
    """The mass of every pair of particles, by momenta and masses of each."""
    energy = torch.sqrt(p.square().sum(-1) + mass.square())
    square = (energy[..., None] + energy[..., None, :]).square()
    return torch.sqrt(square - (p[..., None, :] + p[..., None, :, :]).square().sum(-1))


def summed_resonances(energy: Tensor, mass: Tensor, wide: Tensor, size: Tensor) -> Tensor:
    """Breit and Wigner: the strength of resonances that interfere."""
    a, b = mass.square() - energy[:, None].square(), mass * wide
    under = a.square() + b.square()
    return (size * a / under).sum(-1).square() + (size * b / under).sum(-1).square()


def mixed_neutrinos(phase: Tensor, angle: Tensor) -> Tensor:
    """How likely a muon's neutrino of three kinds becomes an electron's."""
    c, s = torch.cos(angle), torch.sin(angle)
    (c12, c13, c23), (s12, s13, s23) = c.unbind(-1), s.unbind(-1)
    e = torch.stack((c12 * c13, s12 * c13, s13), -1)
    m = torch.stack((-s12 * c23 - c12 * s23 * s13, c12 * c23 - s12 * s23 * s13, s23 * c13), -1)
    each = e * m
    return (each * torch.cos(phase)).sum(-1).square() + (each * torch.sin(phase)).sum(-1).square()


def orbit_near_hole(far: Tensor, spin: Tensor) -> tuple[Tensor, Tensor]:
    """A star's path near a black hole: its inverse distance and slope after twelve steps of angle."""
    u, w = 1 / far, torch.zeros_like(far)
    for _ in range(12):
        w = w + 0.1 * (spin - u + 1.5 * u * u)
        u = u + 0.2 * w
        w = w + 0.1 * (spin - u + 1.5 * u * u)
    return u, w


# -- solids and light


def mean_field_magnet(heat: Tensor, field: Tensor) -> tuple[Tensor, Tensor]:
    """Weiss: a magnet's order by fifteen rounds, and how it answers a field."""
    m = torch.full_like(heat, 0.8)
    for _ in range(15):
        m = torch.tanh((m + field) / heat)
    return m, (1 - m.square()) / (heat - 1 + m.square()).clamp_min(0.05)


def turning_spins_energy(angle: Tensor, couple: Tensor) -> tuple[Tensor, Tensor]:
    """The energy of spins of a plane on a lattice, and how they swirl around its cells."""
    right, down = torch.roll(angle, -1, -1) - angle, torch.roll(angle, -1, -2) - angle
    energy = -couple[:, None, None] * (torch.cos(right) + torch.cos(down))
    swirl = torch.sin(right) + torch.sin(torch.roll(down, -1, -1)) - torch.sin(torch.roll(right, -1, -2))
    return energy.mean((-1, -2)), (swirl - torch.sin(down)).square().mean((-1, -2))


def two_site_levels(hop: Tensor, repel: Tensor, tilt: Tensor) -> Tensor:
    """Hubbard: the levels of two electrons on two sites."""
    zero = torch.zeros_like(hop)
    t = 1.41421356 * hop
    rows = ((repel + tilt, t, zero), (t, zero, t), (zero, t, repel - tilt))
    return torch.linalg.eigvalsh(torch.stack([torch.stack(row, -1) for row in rows], -2))


def honeycomb_bands(wave: Tensor, near: Tensor) -> Tensor:
    """Graphene: both bands, with a share of overlap."""
    x, y = wave.unbind(-1)
    c = torch.cos(0.5 * y)
    f = torch.sqrt((1 + 4 * torch.cos(0.8660254 * x) * c + 4 * c * c).clamp_min(1e-2))
    return torch.stack((near * f / (1 + 0.129 * f), -near * f / (1 - 0.129 * f)), -1)


def superconducting_gap(heat: Tensor, couple: Tensor) -> Tensor:
    """Bardeen, Cooper and Schrieffer: the gap by twelve rounds over a band of energies."""
    e = torch.linspace(0, 4, 25, dtype=heat.dtype, device=heat.device)
    gap = torch.ones_like(heat)
    for _ in range(12):
        size = torch.sqrt(e.square() + gap[:, None].square())
        gap = couple * gap * torch.trapezoid(torch.tanh(size / (2 * heat[:, None])) / size, e, dim=-1)
    return gap


def metal_answer(pitch: Tensor, plasma: Tensor, rub: Tensor) -> tuple[Tensor, Tensor]:
    """Drude: a metal's refraction and absorption."""
    under = pitch.square() + rub.square()
    real = 3 - plasma.square() / under
    imaginary = plasma.square() * rub / (pitch * under)
    size = torch.sqrt(real.square() + imaginary.square())
    n = torch.where(real > 0, torch.sqrt(0.5 * (size + real).clamp_min(1e-3)), imaginary * 0)
    n = torch.where(real > 0, n, imaginary * torch.rsqrt(2 * (size - real).clamp_min(1e-3)))
    return n, imaginary / (2 * n)


def glass_dispersion(wave: Tensor, strength: Tensor, edge: Tensor) -> tuple[Tensor, Tensor]:
    """Sellmeier: a glass's index, and the index of a pulse's group."""
    w = wave[..., None].square()
    n = torch.sqrt(1 + (strength * w / (w - edge)).sum(-1))
    slope = -(strength * edge * wave[..., None] / (w - edge).square()).sum(-1) / n
    return n, n - wave * slope


def facing_mirrors(phase: Tensor, back: Tensor, lost: Tensor) -> tuple[Tensor, Tensor]:
    """Fabry and Pérot: what two mirrors let through and send back."""
    under = (1 - back).square() + 4 * back * torch.sin(0.5 * phase).square()
    through = (1 - back - lost).square() / under
    return through, 1 - through - lost * (1 + back) / (1 - back + lost)


def mueller_train(light: Tensor, angle: Tensor, late: Tensor) -> Tensor:
    """Partly polarised light through a row of turned plates that retard."""
    for a, d in zip(angle.unbind(-1), late.unbind(-1), strict=True):
        c, s, k, m = torch.cos(2 * a), torch.sin(2 * a), torch.cos(d), torch.sin(d)
        i, q, u, v = light.unbind(-1)
        light = torch.stack(
            (
                i,
                (c * c + s * s * k) * q + c * s * (1 - k) * u - s * m * v,
                c * s * (1 - k) * q + (s * s + c * c * k) * u + c * m * v,
                s * m * q - c * m * u + k * v,
            ),
            -1,
        )
    return light


def round_opening_pattern(sine: Tensor, hidden: Tensor) -> Tensor:
    """Airy: light behind a round opening whose middle is hidden."""

    def disk(x: Tensor) -> Tensor:
        return 2 * torch.special.bessel_j1(x) / x

    return ((disk(sine) - hidden.square() * disk(hidden * sine)) / (1 - hidden.square())).square()


def condensate_in_trap(wave: Tensor, push: Tensor) -> Tensor:
    """Gross and Pitaevskii: a condensate's ground by eight steps of imaginary time."""
    n = wave.shape[-1]
    x = torch.linspace(-3, 3, n, dtype=wave.dtype, device=wave.device)
    k = torch.fft.rfftfreq(n, 6 / n, device=wave.device).to(wave.dtype) * 2 * math.pi
    for _ in range(8):
        half = torch.exp(-0.025 * (0.5 * x.square() + push[:, None] * wave.square()))
        wave = torch.fft.irfft(torch.exp(-0.025 * k.square()) * torch.fft.rfft(half * wave), n=n) * half
        wave = wave / torch.sqrt(wave.square().mean(-1, keepdim=True) * 6)
    return wave


# -- fields and flow


def alternating_heat_step(x: Tensor) -> Tensor:
    """Peaceman and Rachford: heat in a plate, implicit along one side and then along the other."""
    h, w = x.shape[-2:]

    def side(n: int) -> Tensor:
        near = torch.diag(x.new_ones(n - 1), 1)
        return near + near.mT - 2 * torch.eye(n, dtype=x.dtype, device=x.device)

    a, b = 0.4 * side(h), 0.4 * side(w)
    one, two = torch.eye(h, dtype=x.dtype, device=x.device), torch.eye(w, dtype=x.dtype, device=x.device)
    x = torch.linalg.solve(one - a, x + x @ b)
    return torch.linalg.solve(two - b, (x + a @ x).mT).mT


def two_grid_round(x: Tensor, f: Tensor) -> Tensor:
    """A Poisson problem: smoothed, corrected on a grid half as fine, and smoothed."""

    def left(z: Tensor, g: Tensor) -> Tensor:
        return g - (2 * z - F.pad(z, (1, 0))[:, :-1] - F.pad(z, (0, 1))[:, 1:])

    x = x + 0.333 * left(x, f)
    r = left(x, f)
    coarse = 0.25 * (r[:, :-2:2] + 2 * r[:, 1:-1:2] + r[:, 2::2])
    n = coarse.shape[-1]
    near = torch.diag(x.new_ones(n - 1), 1)
    e = torch.linalg.solve((2 * torch.eye(n, dtype=x.dtype, device=x.device) - near - near.mT) / 4, coarse.mT).mT
    e = F.interpolate(F.pad(e, (1, 1))[:, None], size=2 * n + 3, mode="linear", align_corners=True)[:, 0, 1:-1]
    x = x + e
    return x + 0.333 * left(x, f)


def triangle_stiffness(place: Tensor, corner: Tensor, heat: Tensor) -> Tensor:
    """Linear finite elements: what flows into each node of a mesh of triangles."""
    p = place[corner]
    side = torch.roll(p, -1, 1) - torch.roll(p, 1, 1)
    one, two = p[:, 1] - p[:, 0], p[:, 2] - p[:, 0]
    area = (one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]).abs() + 0.1
    flow = (side @ side.mT) / (2 * area[:, None, None]) @ heat[corner][..., None]
    return torch.zeros_like(heat).index_add(0, corner.flatten(), flow.flatten())


def fifth_order_edges(x: Tensor) -> Tensor:
    """WENO: values at the edges of cells, of three parabolas by how smooth each is."""
    a, b, c, d, e = (torch.roll(x, k, -1) for k in (2, 1, 0, -1, -2))
    one = 13 / 12 * (a - 2 * b + c).square() + 0.25 * (a - 4 * b + 3 * c).square()
    two = 13 / 12 * (b - 2 * c + d).square() + 0.25 * (b - d).square()
    three = 13 / 12 * (c - 2 * d + e).square() + 0.25 * (3 * c - 4 * d + e).square()
    u, v, w = 0.1 / (0.01 + one).square(), 0.6 / (0.01 + two).square(), 0.3 / (0.01 + three).square()
    told = u * (2 * a - 7 * b + 11 * c) + v * (5 * c - b + 2 * d) + w * (2 * c + 5 * d - e)
    return told / (6 * (u + v + w))


def ordered_domains(x: Tensor) -> Tensor:
    """Allen and Cahn: domains that grow, over eight steps of a stencil of nine."""
    kernel = x.new_tensor(((0.25, 0.5, 0.25), (0.5, -3.0, 0.5), (0.25, 0.5, 0.25)))[None, None]
    for _ in range(8):
        x = x + 0.1 * (F.conv2d(F.pad(x, (1, 1, 1, 1), mode="circular"), kernel) + x - x**3)
    return x


def moving_vortices(place: Tensor, strength: Tensor) -> Tensor:
    """Vortices of a plane that carry each other, over five midpoint steps."""

    def speed(z: Tensor) -> Tensor:
        gap = z[:, :, None] - z[:, None]
        pull = strength[:, None] / (gap.square().sum(-1) + 0.1)
        return torch.stack((-(pull * gap[..., 1]).sum(-1), (pull * gap[..., 0]).sum(-1)), -1) / (2 * math.pi)

    for _ in range(5):
        place = place + 0.1 * speed(place + 0.05 * speed(place))
    return place


def laminar_layer(speed: Tensor) -> tuple[Tensor, Tensor]:
    """Thwaites: how thick a layer of slow air is along a wall, and its rub."""
    square = 0.45 * (0.1 * speed.pow(5)).cumsum(-1) / speed.pow(6)
    slope = F.pad(speed[:, 1:] - speed[:, :-1], (0, 1)) / 0.1
    turn = (square * slope).clamp(-0.08, 0.2)
    return square.sqrt(), (turn + 0.09).pow(0.62) / square.sqrt()


# -- machines and structures


def loaded_plate(at: Tensor, side: Tensor) -> Tensor:
    """Navier: how a plate sags under an even load, by odd waves both ways."""
    m = 2 * torch.arange(5, dtype=at.dtype, device=at.device) + 1
    x, y = torch.sin(m * math.pi * at[:, :1]), torch.sin(m * math.pi * at[:, 1:])
    under = m[:, None] * m * (m[:, None].square() + (m / side[:, None, None]).square()).square()
    return 16 / math.pi**6 * torch.einsum("ni,nj,nij->n", x, y, 1 / under)


def shaken_frame(push: Tensor, stiff: Tensor) -> Tensor:
    """Newmark: storeys of a frame under a shaking ground."""
    n = stiff.shape[-1]
    eye = torch.eye(n, dtype=push.dtype, device=push.device)
    k = torch.diag_embed(stiff + F.pad(stiff[:, 1:], (0, 1)))
    k = k - torch.diag_embed(stiff[:, 1:], 1) - torch.diag_embed(stiff[:, 1:], -1)
    u = v = a = push.new_zeros(push.shape[0], n)
    whole = k + 4 / 0.04 * eye + 2 / 0.2 * 0.1 * eye
    for now in push.unbind(1):
        force = -now[:, None] + 100 * u + 20 * v + a + 0.1 * (10 * u + v)
        new = torch.linalg.solve(whole, force)
        after = 100 * (new - u) - 20 * v - a
        u, v, a = new, v + 0.1 * (a + after), after
    return u


def slanted_yield(stress: Tensor, ratio: Tensor) -> Tensor:
    """Hill: how near rolled metal is to flowing, by direction."""
    x, y, z, a, b, c = stress.unbind(-1)
    f, g, h, m = ratio.unbind(-1)
    square = f * (y - z).square() + g * (z - x).square() + h * (x - y).square()
    return torch.sqrt(square + 2 * m * (a.square() + b.square() + c.square()))


def footing_strength(angle: Tensor, tough: Tensor, deep: Tensor, wide: Tensor) -> Tensor:
    """Terzaghi and Meyerhof: what soil bears under a footing."""
    t = torch.tan(angle)
    nq = torch.exp(math.pi * t) * torch.tan(math.pi / 4 + angle / 2).square()
    return tough * (nq - 1) / t + deep * nq + wide * (nq + 1) * t
