"""Physics, chemistry, life, the earth, the sky and engines as users of PyTorch write them, of given tensors only.

None of it is in an earlier file; nineteenth_inputs.py gives the functions their inputs.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- small things


def damped_density_steps(density: Tensor, energy: Tensor, decay: Tensor) -> Tensor:
    """Lindblad: a two-level system's density as it turns and decays, by six small steps."""
    lower = torch.tensor([[0.0, 1.0], [0.0, 0.0]], dtype=energy.dtype, device=energy.device).to(
        torch.complex(energy, energy).dtype
    )
    upper = lower.mT @ lower
    density, energy = (torch.complex(z, torch.zeros_like(z)) for z in (density, energy))
    for _ in range(6):
        turn = -1j * (energy @ density - density @ energy)
        lost = lower @ density @ lower.mT - 0.5 * (upper @ density + density @ upper)
        density = density + 0.05 * (turn + decay[:, None, None] * lost)
    return density


def bipartite_entropies(state: Tensor) -> tuple[Tensor, Tensor]:
    """How entangled two halves are: von Neumann's and Rényi's entropies of a state's Schmidt values."""
    s = torch.linalg.svdvals(state)
    p = s.square() / s.square().sum(-1, keepdim=True)
    return -torch.xlogy(p, p).sum(-1), -p.square().sum(-1).log()


def charged_stopping_power(gamma: Tensor, charge: Tensor) -> Tensor:
    """Bethe: what a fast charge loses on its way through matter."""
    square = 1 - 1 / gamma.square()
    most = 1.022 * square * gamma.square() / (1 + 2 * gamma * 0.000545)
    log = 0.5 * torch.log(1.022 * square * gamma.square() * most / 2.76e-8)
    return 0.307075 * 0.4815 * charge.square() / square * (log - square)


def nuclear_binding(mass: Tensor, charge: Tensor) -> Tensor:
    """Weizsäcker: what holds a nucleus together, of volume, surface, charge and asymmetry, for each nucleon."""
    third = mass.pow(1 / 3)
    volume = 15.75 * mass - 17.8 * third.square()
    return (
        volume - 0.711 * charge * (charge - 1) / third - 23.7 * (1 - 2 * charge / mass) * (mass - 2 * charge)
    ) / mass


def reaction_field_energy(place: Tensor, charge: Tensor) -> Tensor:
    """Coulomb's energy cut at a distance, as if all beyond it were water."""
    ray = place[:, :, None] - place[:, None]
    far = (ray.square().sum(-1) + torch.eye(place.shape[1], dtype=place.dtype, device=place.device)).sqrt()
    k = 78.5 / (2 * 78.5 + 1) - 0.5 / (2 * 78.5 + 1)
    value = charge[:, :, None] * charge[:, None] * (1 / far + k * far.square() / 27 - (k + 1) / 3)
    return (value * (far < 3)).triu(1).sum((-1, -2))


def hill_bias(past: Tensor, at: Tensor) -> Tensor:
    """Metadynamics: hills piled up where a path has been, each lower the higher it stands."""
    height: list[Tensor] = []
    for i in range(past.shape[1]):
        pile = torch.zeros_like(past[:, 0])
        for h, j in zip(height, range(i), strict=True):
            pile = pile + h * torch.exp(-(past[:, i] - past[:, j]).square() / 0.18)
        height.append(0.4 * torch.exp(-pile / 1.5))
    hills = torch.stack(height, 1)
    return (hills[:, None] * torch.exp(-(at[:, :, None] - past[:, None]).square() / 0.18)).sum(-1)


def square_displacements(place: Tensor) -> Tensor:
    """How far particles wander in so many steps, over all starts and all particles."""
    out = [(place[:, k:] - place[:, :-k]).square().sum(-1).mean((0, 1, 2))[None] for k in range(1, 9)]
    return torch.cat(out)


def sixfold_order(place: Tensor) -> Tensor:
    """How hexagonal the surroundings of points in a plane are, by a complex mean over soft neighbours."""
    ray = place[:, None] - place
    near = torch.exp(-ray.square().sum(-1)) * (1 - torch.eye(place.shape[0], dtype=place.dtype, device=place.device))
    angle = 6 * torch.atan2(ray[..., 1], ray[..., 0] + 1e-6)
    total = near.sum(-1)
    return torch.hypot((near * torch.cos(angle)).sum(-1) / total, (near * torch.sin(angle)).sum(-1) / total)


def isotope_pattern(share: Tensor) -> Tensor:
    """The pattern of a molecule's masses: each element's, folded with itself and with the others'."""
    out = F.pad(torch.ones_like(share[:, 0, :1]), (0, 11))
    p = torch.softmax(share, -1)
    for atom in p.unbind(1):
        for _ in range(3):
            out = sum(
                (F.pad(out, (i, 0))[:, : out.shape[-1]] * atom[:, i : i + 1] for i in range(atom.shape[-1])),
                torch.zeros_like(out),
            )
    return out


def ringing_spectrum(pitch: Tensor, width: Tensor, size: Tensor) -> Tensor:
    """What spins ring with after a pulse, and its spectrum's real part."""
    t = torch.arange(64, dtype=pitch.dtype, device=pitch.device)
    wave = size[..., None] * torch.exp(-width[..., None] * t)
    angle = pitch[..., None] * t
    return torch.fft.fft(torch.complex((wave * torch.cos(angle)).sum(1), (wave * torch.sin(angle)).sum(1))).real


def fuel_cell_voltage(current: Tensor, heat: Tensor) -> Tensor:
    """A fuel cell's voltage after starting, resisting and running short."""
    slope = 8.617e-2 * heat / 2
    start = 1.229 - 0.85 * (heat - 0.298)
    return start - slope * torch.asinh(current / 0.002) - 0.12 * current + slope * torch.log1p(-current / 2.2)


def reactor_steps(push: Tensor) -> tuple[Tensor, Tensor]:
    """Point kinetics: a reactor's power with one group of late neutrons, by implicit steps."""
    power, late, out = torch.ones_like(push[:, 0]), torch.full_like(push[:, 0], 8.0), []
    for rho in push.unbind(1):
        late = (late + 0.1 * 0.065 * 10 * power) / (1 + 0.1 * 0.08)
        power = (power + 0.1 * 0.8 * late / 8) / (1 + 0.1 * (0.8 - rho))
        out.append(power)
    return torch.stack(out, 1), late


def decay_chain_amounts(rate: Tensor, time: Tensor) -> Tensor:
    """Bateman: how much there is of each of four nuclides of a chain."""
    out = []
    for n in range(rate.shape[-1]):
        total = torch.zeros_like(time)
        for i in range(n + 1):
            part = torch.exp(-rate[:, i] * time)
            for j in range(n + 1):
                if j != i:
                    part = part / (rate[:, j] - rate[:, i])
            total = total + part
        out.append(total * rate[:, :n].prod(-1))
    return torch.stack(out, -1)


# -- life


def many_ion_potential(inside: Tensor, outside: Tensor, leak: Tensor) -> Tensor:
    """Goldman, Hodgkin and Katz: a membrane's rest for two cations and an anion."""
    a, b, c = (leak * inside).unbind(-1)
    p, q, r = (leak * outside).unbind(-1)
    return 26.7 * torch.log((p + q + c) / (a + b + r))


def spike_timing_change(before: Tensor, after: Tensor, weight: Tensor) -> Tensor:
    """How a synapse grows when its own spike comes first, and shrinks otherwise, by two traces."""
    x, y = torch.zeros_like(before[:, 0]), torch.zeros_like(after[:, 0])
    for a, b in zip(before.unbind(1), after.unbind(1), strict=True):
        weight = weight + 0.1 * x[:, :, None] * b[:, None] * (1 - weight) - 0.12 * a[..., None] * y[:, None] * weight
        x, y = 0.8 * x + a, 0.7 * y + b
    return weight


def excited_and_inhibited(x: Tensor, weight: Tensor, push: Tensor) -> Tensor:
    """Wilson and Cowan: four steps of populations that excite and inhibit each other."""
    for _ in range(4):
        x = x + 0.2 * (-x + (1 - x) * torch.sigmoid(1.3 * (x @ weight.mT + push - 2)))
    return x


def diverged_distances(letters: Tensor) -> Tensor:
    """Kimura: how far sequences are apart, by shares of two kinds of changes."""
    p = torch.softmax(3 * letters, -1)
    purine = p[..., 0] + p[..., 2]
    same = torch.einsum("ilc,jlc->ij", p, p) / p.shape[1]
    kind = (torch.einsum("il,jl->ij", purine, purine) + torch.einsum("il,jl->ij", 1 - purine, 1 - purine)) / p.shape[1]
    a, b = 0.8 * (kind - same), 0.8 * (1 - kind)
    return -0.5 * torch.log(1 - 2 * a - b) - 0.25 * torch.log(1 - 2 * b)


def best_local_alignments(score: Tensor) -> Tensor:
    """Smith and Waterman: the best part of two sequences, with gaps, along antidiagonals of no loss."""
    last, out = torch.zeros_like(score[:, 0]), []
    for now in score.unbind(1):
        free = torch.maximum(F.pad(last, (1, 0))[:, :-1] + now, last - 0.7).clamp_min(0)
        n = 0.7 * torch.arange(now.shape[-1], dtype=score.dtype, device=score.device)
        last = torch.cummax(free + n, -1)[0] - n
        out.append(last.amax(-1))
    return torch.stack(out, -1)


def backbone_bond_energy(oxygen: Tensor, carbon: Tensor, nitrogen: Tensor, hydrogen: Tensor) -> Tensor:
    """DSSP: the energy of every pair of a protein's bonds between its backbone's parts."""
    a = 1 / ((oxygen[:, None] - nitrogen).norm(dim=-1) + 0.5) + 1 / ((carbon[:, None] - hydrogen).norm(dim=-1) + 0.5)
    b = 1 / ((oxygen[:, None] - hydrogen).norm(dim=-1) + 0.5) + 1 / ((carbon[:, None] - nitrogen).norm(dim=-1) + 0.5)
    return (27.9 * (a - b)).clamp_min(-9.9)


def local_distance_agreement(x: Tensor, target: Tensor) -> Tensor:
    """lDDT, softly: which share of each residue's distances is kept within four tolerances."""
    a, b = ((z[:, :, None] - z[:, None]).square().sum(-1).add(1e-4).sqrt() for z in (x, target))
    near = (b < 3).to(x.dtype) * (1 - torch.eye(x.shape[1], dtype=x.dtype, device=x.device))
    kept = sum((torch.sigmoid(10 * (t - (a - b).abs())) for t in (0.5, 1.0, 2.0, 4.0)), torch.zeros_like(a)) / 4
    return (kept * near).sum(-1) / (near.sum(-1) + 1e-3)


def frame_aligned_error(turn: Tensor, place: Tensor, true_turn: Tensor, true_place: Tensor) -> Tensor:
    """FAPE: all points as each residue's frame sees them, told and true."""

    def seen(raw: Tensor, at: Tensor) -> Tensor:
        a = F.normalize(raw[..., 0], dim=-1)
        b = F.normalize(raw[..., 1] - (a * raw[..., 1]).sum(-1, keepdim=True) * a, dim=-1)
        frame = torch.stack((a, b, torch.cross(a, b, dim=-1)), -1)
        return torch.einsum("bikl,bijk->bijl", frame, at[:, None] - at[:, :, None])

    gap = (seen(turn, place) - seen(true_turn, true_place)).square().sum(-1).add(1e-4).sqrt()
    return gap.clamp_max(10).mean((-1, -2)) / 10


def strand_melting(pair: Tensor, enthalpy: Tensor, entropy: Tensor, dose: Tensor) -> Tensor:
    """At what heat a strand of DNA comes apart, by its nearest neighbours."""
    h, s = enthalpy[pair].sum(-1) + 0.2, entropy[pair].sum(-1) - 5.7
    return 1000 * h / (s + 1.987 * torch.log(dose / 4)) - 273.15


def oxygen_carried(press: Tensor, acid: Tensor, heat: Tensor) -> Tensor:
    """Severinghaus: how full of oxygen blood is, moved by acid and heat."""
    p = press * torch.pow(10.0, 0.48 * (acid - 7.4) - 0.024 * (heat - 37))
    return 1 / (23400 / (p * p * p + 150 * p) + 1)


def elastic_reservoir(flow: Tensor, stiff: Tensor) -> Tensor:
    """Windkessel: the pressure of an artery that stretches and drains."""
    press, out = torch.full_like(stiff, 0.8), []
    for now in flow.unbind(1):
        press = press + 0.05 * stiff * (now - press / 1.1)
        out.append(press + 0.06 * now)
    return torch.stack(out, 1)


# -- earth and sky


def turned_current_spiral(depth: Tensor, mix: Tensor, lat: Tensor) -> Tensor:
    """Ekman: how wind drives the sea below, turning as it fades."""
    scale = torch.sqrt(2 * mix / (1.4584 * torch.sin(lat)))
    a = depth / scale
    fade = torch.exp(-a) / scale
    return torch.stack((fade * torch.cos(math.pi / 4 - a), fade * torch.sin(math.pi / 4 - a)), -1)


def drop_size_figures(count: Tensor, width: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """What a radar sees of rain, how much falls, and how large its drops are."""
    n = count * 0.25
    fall = 9.65 - 10.3 * torch.exp(-0.6 * width)
    third = (n * width**3).sum(-1)
    return (
        10 * torch.log10((n * width**6).sum(-1)),
        6e-4 * math.pi * (n * width**3 * fall).sum(-1),
        (n * width**4).sum(-1) / third,
    )


def sun_angles(day: Tensor, hour: Tensor, lat: Tensor) -> Tensor:
    """How high the sun stands, and where, by day, hour and latitude."""
    lean = 0.4093 * torch.sin(2 * math.pi * (284 + day) / 365)
    turn = math.pi / 12 * (hour - 12)
    high = torch.asin(torch.sin(lat) * torch.sin(lean) + torch.cos(lat) * torch.cos(lean) * torch.cos(turn))
    side = torch.atan2(torch.sin(turn), torch.cos(turn) * torch.sin(lat) - torch.tan(lean) * torch.cos(lat))
    return torch.stack((high, side), -1)


def buried_box_pull(low: Tensor, size: Tensor) -> Tensor:
    """Nagy: the pull of a box of rock below, by logarithms and an angle at its corners."""
    total = torch.zeros_like(low[:, 0])
    for i in range(8):
        bit = (i & 1, i >> 1 & 1, i >> 2 & 1)
        x, y, z = (low[:, d] + b * size[:, d] for d, b in enumerate(bit))
        r = torch.sqrt(x * x + y * y + z * z)
        part = x * torch.log(y + r) + y * torch.log(x + r) - z * torch.atan2(x * y, z * r)
        total = total + (-1) ** (sum(bit) + 1) * part
    return -total


def ocean_carbonates(carbon: Tensor, alkali: Tensor) -> tuple[Tensor, Tensor]:
    """How acid the sea is, and its carbonate, by eight of Newton's steps in a logarithm."""
    one, two = 1.2, 0.0009
    y = torch.zeros_like(carbon)
    for _ in range(8):
        h = torch.exp(y)
        under = h * h + one * h + one * two
        f = carbon * (one * h + 2 * one * two) / under + 0.004 / h - 0.0005 * h - alkali
        slope = carbon * (one * under - (one * h + 2 * one * two) * (2 * h + one)) / under.square()
        y = y - (f / (h * (slope - 0.004 / h.square() - 0.0005))).clamp(-1, 1)
    h = torch.exp(y)
    return 6 - y / math.log(10), carbon * one * two / (h * h + one * h + one * two)


def sliding_ice_steps(thick: Tensor, bed: Tensor) -> Tensor:
    """Glen: a sheet of ice that flows down its own surface, by five steps."""
    for _ in range(5):
        surface = thick + bed
        slope = surface[:, 1:] - surface[:, :-1]
        mid = 0.5 * (thick[:, 1:] + thick[:, :-1])
        flow = F.pad(-0.02 * mid.pow(5) * slope.square() * slope, (1, 1))
        thick = (thick - flow[:, 1:] + flow[:, :-1] + 0.01).clamp_min(0)
    return thick


def galaxy_counts(light: Tensor, alpha: Tensor) -> tuple[Tensor, Tensor]:
    """Schechter: how many galaxies are so bright, and how many are brighter."""
    log = alpha * light.log() - light
    shape = alpha + 2
    total = torch.exp(torch.lgamma(shape)) * torch.special.gammaincc(shape, light)
    return log, total


def disc_heat(radius: Tensor, inner: Tensor, rate: Tensor) -> Tensor:
    """Shakura and Sunyaev: how hot a disc around a star is, and what it radiates at four colours."""
    heat = (rate / radius.pow(3) * (1 - torch.sqrt(inner / radius))).pow(0.25)
    colour = torch.tensor([0.2, 0.5, 1.0, 2.0], dtype=radius.dtype, device=radius.device)
    return (radius[..., None] * colour**3 / torch.expm1(colour / heat[..., None])).sum(-2)


def merging_chirp(time: Tensor, mass: Tensor) -> Tensor:
    """The strain of two stars that spiral in, up to their last turns."""
    left = (1.2 - time) / mass[:, None]
    phase = -2 * left.pow(5 / 8)
    return mass[:, None] * left.pow(-0.25) * torch.cos(2 * math.pi * phase)


# -- engines


def struck_pipe_steps(head: Tensor, flow: Tensor) -> tuple[Tensor, Tensor]:
    """Water hammer: pressure and flow along a pipe whose valve shuts, by characteristics."""
    for i in range(6):
        ahead = head[:, :-1] + 0.8 * flow[:, :-1] - 0.02 * flow[:, :-1] * flow[:, :-1].abs()
        back = head[:, 1:] - 0.8 * flow[:, 1:] + 0.02 * flow[:, 1:] * flow[:, 1:].abs()
        mid, run = 0.5 * (ahead[:, :-1] + back[:, 1:]), (ahead[:, :-1] - back[:, 1:]) / 1.6
        left, last = head[:, :1], flow[:, -1:] * (1 - (i + 1) / 8)
        run = torch.cat(((left - back[:, :1]) / 0.8, run, last), 1)
        head, flow = torch.cat((left, mid, ahead[:, -1:] - 0.8 * last), 1), run
    return head, flow


def quarter_car_steps(road: Tensor, stiff: Tensor, rub: Tensor) -> Tensor:
    """A quarter of a car on a rough road: how its body moves."""
    x, y = torch.zeros_like(stiff), torch.zeros_like(stiff)
    u, w, out = torch.zeros_like(stiff), torch.zeros_like(stiff), []
    for now in road.unbind(1):
        force = stiff * (y - x) + rub * (w - u)
        u = u + 0.05 * force
        w = w + 0.05 * (8 * (now - y) - force) / 0.3
        x, y = x + 0.05 * u, y + 0.05 * w
        out.append(x)
    return torch.stack(out, 1)


def printed_line_impedance(width: Tensor, dielectric: Tensor) -> tuple[Tensor, Tensor]:
    """Hammerstad: the impedance of a strip above a board, and what its waves feel of it."""
    bend = (1 + 12 / width).rsqrt() + torch.where(width < 1, 0.04 * (1 - width).square(), torch.zeros_like(width))
    felt = 0.5 * (dielectric + 1) + 0.5 * (dielectric - 1) * bend
    thin = 59.96 * torch.log(8 / width + 0.25 * width)
    thick = 376.73 / (width + 1.393 + 0.667 * torch.log(width + 1.444))
    return torch.where(width < 1, thin, thick) * felt.rsqrt(), felt


def blade_thrust(pitch: Tensor, wind: Tensor, radius: Tensor) -> Tensor:
    """Blade elements: a rotor's thrust along its blade, with the air it drags along by five rounds."""
    pull = torch.zeros_like(pitch)
    for _ in range(5):
        angle = torch.atan((wind + pull) / radius)
        lift = 5.7 * torch.sin(pitch - angle)
        pull = 0.5 * pull + 0.5 * torch.sqrt(F.softplus(0.12 * lift * radius) * 0.3)
    return (0.12 * 5.7 * torch.sin(pitch - torch.atan((wind + pull) / radius)) * radius.square()).sum(-1)
