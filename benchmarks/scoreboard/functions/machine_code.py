"""Engineering as users of PyTorch write it, of given tensors only: power, heat, flow, structures, light, bodies.

None of it is in an earlier file; seventeenth_inputs.py gives the functions their inputs.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- electricity


def bus_power_balance(volt: Tensor, angle: Tensor, conduct: Tensor, suscept: Tensor) -> tuple[Tensor, Tensor]:
    """Active and reactive power at each node of a grid, from voltages and angles."""
    gap = angle[..., None] - angle[..., None, :]
    pair = volt[..., None] * volt[..., None, :]
    real = pair * (conduct * torch.cos(gap) + suscept * torch.sin(gap))
    return real.sum(-1), (pair * (conduct * torch.sin(gap) - suscept * torch.cos(gap))).sum(-1)


def swinging_generators(angle: Tensor, couple: Tensor, power: Tensor) -> tuple[Tensor, Tensor]:
    """Angles and speeds of generators that pull each other, over eight steps."""
    speed = torch.zeros_like(angle)
    for _ in range(8):
        pull = (couple * torch.sin(angle[..., None] - angle[..., None, :])).sum(-1)
        speed = speed + 0.05 * (power - pull - 0.3 * speed)
        angle = angle + 0.05 * speed
    return angle, speed


def turning_frame_currents(phase: Tensor, angle: Tensor) -> Tensor:
    """Park: three phases as two currents of a frame that turns with the rotor, and their mean."""
    shift = torch.tensor((0.0, -2 * math.pi / 3, 2 * math.pi / 3), dtype=phase.dtype, device=phase.device)
    turn = angle[..., None] + shift
    frame = torch.stack((torch.cos(turn), -torch.sin(turn), torch.full_like(turn, 0.5)), -2)
    return 2 / 3 * (frame @ phase[..., None]).squeeze(-1)


def induction_torque(slip: Tensor, stator: Tensor, rotor: Tensor, leak: Tensor) -> Tensor:
    """The torque of an asynchronous motor by its slip."""
    load = rotor / slip
    return 3 * load / ((stator + load).square() + leak.square())


def battery_voltage(current: Tensor, start: Tensor, ohm: Tensor, relax: Tensor) -> Tensor:
    """A cell with one resistor and capacitor: its voltage as it is drained."""
    state, over, out = start, torch.zeros_like(start), []
    for now in current.unbind(1):
        state = state - 0.01 * now
        over = torch.exp(-0.2 / relax) * over - torch.expm1(-0.2 / relax) * now * ohm
        open_volt = 3.2 + 0.8 * state - 0.1 * torch.exp(-12 * state) + 0.05 * torch.tanh(8 * (state - 0.5))
        out.append(open_volt - 0.5 * ohm * now - over)
    return torch.stack(out, 1)


def electrode_overpotential(current: Tensor, exchange: Tensor, limit: Tensor) -> Tensor:
    """Tafel's and the diffusion's part of what an electrode takes."""
    return 0.0513 * torch.asinh(current / (2 * exchange)) - 0.0257 * torch.log1p(-current / limit)


def solar_cell_current(volt: Tensor, light: Tensor, dark: Tensor) -> Tensor:
    """One diode with a resistor in series: its current by five of Newton's steps."""
    i = light * 0.9
    for _ in range(5):
        e = dark * torch.exp((volt + 0.02 * i) / 0.04)
        f = light - e + dark - (volt + 0.02 * i) / 50 - i
        i = i - f / (-0.5 * e - 0.02 / 50 - 1)
    return i


def transistor_current(gate: Tensor, source: Tensor, drain: Tensor) -> Tensor:
    """EKV: a transistor's current, from below its threshold to above."""
    push = (gate - 0.45) / 1.3
    one, two = F.softplus((push - source) / 0.0514), F.softplus((push - drain) / 0.0514)
    return 2 * 1.3 * 0.02 * (one.square() - two.square()) / (1 + 0.05 * one)


def reflected_from_load(real: Tensor, imaginary: Tensor, length: Tensor) -> tuple[Tensor, Tensor]:
    """How much a load sends back along a line, and what it looks like from the other end."""
    under = (real + 1).square() + imaginary.square()
    gamma = torch.stack((real.square() - 1 + imaginary.square(), 2 * imaginary), -1) / under[..., None]
    cos, sin = torch.cos(2 * length), torch.sin(2 * length)
    size = gamma.square().sum(-1).sqrt()
    a, b = gamma[..., 0] * cos + gamma[..., 1] * sin, gamma[..., 1] * cos - gamma[..., 0] * sin
    return size, (1 - size.square()) / ((1 - a).square() + b.square() + 0.05)


# -- heat and reactors


def turbine_cycle(ratio: Tensor, hot: Tensor, good: Tensor) -> tuple[Tensor, Tensor]:
    """Brayton: work and efficiency of a gas turbine whose compressor and turbine both lose."""
    rise = ratio.pow(0.2857)
    after = 1 + (rise - 1) / good
    leave = hot * (1 - good * (1 - 1 / rise))
    work = hot - leave - (after - 1)
    return work, work / (hot - after)


def exchanger_effectiveness(units: Tensor, share: Tensor) -> tuple[Tensor, Tensor]:
    """What two streams exchange of all they could, against each other and across."""
    e = torch.exp(-units * (1 - share))
    cross = torch.exp(units.pow(0.22) / share * torch.expm1(-share * units.pow(0.78)))
    return (1 - e) / (1 - share * e), 1 - cross


def fin_temperatures(at: Tensor, shape: Tensor) -> tuple[Tensor, Tensor]:
    """How warm a fin is along its length, and how good it is."""
    m = shape[:, None]
    return torch.cosh(m * (1 - at)) / torch.cosh(m), torch.tanh(shape) / shape


def radiating_enclosure(view: Tensor, heat: Tensor, grey: Tensor) -> Tensor:
    """What each wall of a room loses by radiation, with all that is sent back."""
    share = view / view.sum(-1, keepdim=True)
    black = heat.square().square()
    eye = torch.eye(view.shape[-1], dtype=view.dtype, device=view.device)
    sent = torch.linalg.solve(eye - (1 - grey)[..., None] * share, grey * black)
    return sent - (share @ sent[..., None]).squeeze(-1)


def pipe_heat_transfer(reynolds: Tensor, prandtl: Tensor) -> Tensor:
    """Gnielinski: heat from a rough flow to its pipe."""
    f = (0.79 * torch.log(reynolds) - 1.64).pow(-2) / 8
    return f * (reynolds - 1000) * prandtl / (1 + 12.7 * f.sqrt() * (prandtl.pow(2 / 3) - 1)) / 1000


def packed_bed_pressure(speed: Tensor, empty: Tensor, size: Tensor) -> Tensor:
    """Ergun: what a bed of grains takes of the pressure, by slow and by fast flow."""
    solid = 1 - empty
    slow = 0.15 * solid.square() / (empty**3 * size.square()) * speed
    return torch.log(slow + 1.75 * solid / (empty**3 * size) * speed.square())


def plug_flow_heat(start: Tensor, gain: Tensor, cool: Tensor) -> tuple[Tensor, Tensor]:
    """A reaction that heats its tube: what is left and how hot it is, by five steps of the midpoint."""
    left, heat = torch.ones_like(start), start
    for _ in range(5):
        r = 0.1 * left * torch.exp(10 * (1 - 1 / heat))
        a, b = left - 0.5 * r, heat + 0.5 * (gain * r - cool * (heat - 1) * 0.1)
        r = 0.1 * a * torch.exp(10 * (1 - 1 / b))
        left, heat = left - r, heat + gain * r - cool * (b - 1) * 0.1
    return left, heat


def growing_culture(feed: Tensor, rate: Tensor) -> tuple[Tensor, Tensor]:
    """Monod: cells and food in a vessel that is fed, over twelve steps."""
    cell, food = torch.full_like(feed, 0.2), feed
    for _ in range(12):
        grow = rate * food / (0.3 + food) * cell
        cell, food = cell + 0.2 * (grow - 0.3 * cell), food + 0.2 * (0.3 * (feed - food) - 0.8 * grow)
    return cell, food


# -- structures


def beam_deflection(stiff: Tensor, load: Tensor) -> Tensor:
    """A clamped beam of elements, each with its stiffness: how it bends and turns."""
    base = ((12.0, 6, -12, 6), (6, 4, -6, 2), (-12, -6, 12, -6), (6, 2, -6, 4))
    piece = torch.tensor(base, dtype=load.dtype, device=load.device)
    n = stiff.shape[-1]
    whole = load.new_zeros(load.shape[0], 2 * n + 2, 2 * n + 2)
    for i in range(n):
        whole = whole + F.pad(stiff[:, i, None, None] * piece, (2 * i, 2 * (n - 1 - i), 2 * i, 2 * (n - 1 - i)))
    return torch.linalg.solve(whole[:, 2:, 2:], load)


def principal_stresses(stress: Tensor) -> tuple[Tensor, Tensor]:
    """A stress's three main values by an arccosine, and the greatest shear."""
    mean = stress.diagonal(dim1=-2, dim2=-1).mean(-1)
    eye = torch.eye(3, dtype=stress.dtype, device=stress.device)
    s = 0.5 * (stress + stress.mT) - mean[:, None, None] * eye
    size = torch.sqrt(s.square().sum((-1, -2)) / 6)
    angle = torch.acos((torch.linalg.det(s / size[:, None, None]) / 2).clamp(-0.999, 0.999)) / 3
    turn = torch.tensor((0.0, 2 * math.pi / 3, -2 * math.pi / 3), dtype=s.dtype, device=s.device)
    main = mean[:, None] + 2 * size[:, None] * torch.cos(angle[:, None] + turn)
    return main, 0.5 * (main.amax(-1) - main.amin(-1))


def fatigue_damage(swing: Tensor, mean: Tensor, count: Tensor) -> Tensor:
    """Basquin and Miner: how much of a part's life its loads use, with Goodman's mean stress."""
    even = swing / (1 - mean / 8)
    return (count * torch.exp(5 * torch.log(even / 5))).sum(-1)


def growing_crack(length: Tensor, stress: Tensor) -> Tensor:
    """Paris: how long a crack is after ten blocks of loads, in a strip."""
    for _ in range(10):
        shape = torch.rsqrt(torch.cos(math.pi * length / 4))
        length = length + 0.002 * (stress * torch.sqrt(math.pi * length) * shape).pow(3)
    return length


def laminate_stiffness(angle: Tensor, thick: Tensor, ply: Tensor) -> Tensor:
    """Stretching, coupling and bending of plies laid at angles."""
    c, s = torch.cos(angle), torch.sin(angle)
    one, two, poisson, shear = ply.unbind(-1)
    zero = torch.zeros_like(c)
    base = torch.stack((one, poisson, 0 * one, poisson, two, 0 * one, 0 * one, 0 * one, shear)).view(3, 3)
    turn = torch.stack((c * c, s * s, c * s, s * s, c * c, -c * s, -2 * c * s, 2 * c * s, c * c - s * s), -1)
    t = (turn + zero[..., None]).unflatten(-1, (3, 3))
    q = t.mT @ base @ t
    top = thick.cumsum(-1) - 0.5 * thick.sum(-1, keepdim=True)
    low = top - thick
    return torch.stack([(q * ((top**k - low**k) / k)[..., None, None]).sum(1) for k in (1, 2, 3)], 1)


def relaxing_stress(strain: Tensor, stiff: Tensor, time: Tensor) -> Tensor:
    """A material that forgets at several rates: stress along a path of strains."""
    part, before, out = torch.zeros_like(strain[:, :1]) * stiff, torch.zeros_like(strain[:, 0]), []
    keep = torch.exp(-0.1 / time)
    for now in strain.unbind(1):
        part = keep * part + stiff * (1 - keep) * time / 0.1 * (now - before)[:, None]
        out.append(0.2 * now + part.sum(-1))
        before = now
    return torch.stack(out, 1)


def sliding_slope_safety(weight: Tensor, angle: Tensor, tough: Tensor) -> Tensor:
    """Bishop: how safe a slope of slices is, by six rounds."""
    safe = torch.ones_like(tough)
    down = (weight * torch.sin(angle)).sum(-1)
    for _ in range(6):
        arm = torch.cos(angle) + torch.sin(angle) * 0.6 / safe[:, None]
        safe = ((tough[:, None] + 0.6 * weight) / arm).sum(-1) / down
    return safe


# -- flow


def lifting_line(chord: Tensor, twist: Tensor) -> tuple[Tensor, Tensor]:
    """Prandtl: how a wing's lift spreads over its span, by sines at as many places, and its drag."""
    n = torch.arange(1, chord.shape[-1] + 1, dtype=chord.dtype, device=chord.device)
    theta = n * math.pi / (chord.shape[-1] + 1)
    mu = 0.5 * math.pi * chord[..., None]
    sine = torch.sin(theta[:, None] * n)
    a = torch.linalg.solve(sine * (mu * n + torch.sin(theta)[:, None]), mu[..., 0] * torch.sin(theta) * twist)
    return a, (n * a.square()).sum(-1)


def nozzle_flow(mach: Tensor, gamma: Tensor) -> tuple[Tensor, Tensor]:
    """The area a gas needs at each speed, and its pressure."""
    heat = 1 + 0.5 * (gamma - 1) * mach.square()
    power = 0.5 * (gamma + 1) / (gamma - 1)
    return (2 * heat / (gamma + 1)).pow(power) / mach, torch.exp(-gamma / (gamma - 1) * heat.log())


def straight_shock(mach: Tensor, gamma: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """What a shock does to pressure, density and speed."""
    m = mach.square()
    pressure = 1 + 2 * gamma / (gamma + 1) * (m - 1)
    density = (gamma + 1) * m / ((gamma - 1) * m + 2)
    return pressure, density, torch.sqrt((1 + 0.5 * (gamma - 1) * m) / (gamma * m - 0.5 * (gamma - 1)))


def channel_depth(flow: Tensor, slope: Tensor, wide: Tensor) -> Tensor:
    """Manning: how deep water runs in a channel, by eight of Newton's steps in logarithms."""
    log = torch.zeros_like(flow)
    for _ in range(8):
        y = log.exp()
        area, wet = wide * y + y * y, wide + 2.8284 * y
        gap = 5 / 3 * area.log() - 2 / 3 * wet.log() + 0.5 * slope.log() + 4.0 - flow.log()
        log = log - gap / (5 / 3 * (wide + 2 * y) * y / area - 2 / 3 * 2.8284 * y / wet)
    return log.exp()


def pumped_well(time: Tensor, far: Tensor) -> Tensor:
    """Theis: how far water falls around a well, by a series of the exponential integral."""
    u = far.square() / (4 * time)
    total, term = -0.5772156649 - u.log(), -torch.ones_like(u)
    for n in range(1, 13):
        term = -term * u / n
        total = total + term / n
    return total


def settling_clay(time: Tensor, depth: Tensor) -> Tensor:
    """Terzaghi: pressure left in clay, as a sum of eight waves that die."""
    m = (torch.arange(8, dtype=time.dtype, device=time.device) + 0.5) * math.pi
    wave = 2 / m * torch.sin(m * depth[:, None])
    return torch.exp(-m.square() * time[:, None]) @ wave.mT


def cell_traffic(density: Tensor, arrive: Tensor) -> Tensor:
    """Daganzo: cars from cell to cell, as many as are sent and as find room, over ten steps."""
    for _ in range(10):
        send, room = density.clamp_max(0.4), (0.6 * (1 - density)).clamp(0, 0.4)
        move = torch.minimum(torch.cat((arrive[:, None], send), 1), F.pad(room, (0, 1), value=0.3))
        density = density + 0.5 * (move[:, :-1] - move[:, 1:])
    return density


def spread_trips(start: Tensor, end: Tensor, cost: Tensor) -> Tensor:
    """Furness: trips between zones that fit both their starts and their ends, by four rounds."""
    trip = torch.exp(-cost)
    for _ in range(4):
        trip = trip * (start / trip.sum(-1))[..., None]
        trip = trip * (end / trip.sum(-2))[..., None, :]
    return trip


# -- light and solids


def laser_pulses(pump: Tensor, loss: Tensor) -> tuple[Tensor, Tensor]:
    """A laser's light and its excited atoms, over twenty steps."""
    light, up = torch.full_like(pump, 0.1), torch.zeros_like(pump)
    for _ in range(20):
        rise = up * light
        light, up = light + 0.05 * (rise - loss * light + 0.01 * up), up + 0.05 * (pump - up - rise)
    return light, up


def beam_through_lenses(matrix: Tensor, waist: Tensor) -> tuple[Tensor, Tensor]:
    """A Gaussian beam's curvature and width after a row of optical parts."""
    ray = matrix[:, 0]
    for i in range(1, matrix.shape[1]):
        ray = matrix[:, i] @ ray
    a, b, c, d = ray.flatten(1).unbind(-1)
    under = a.square() * waist.square() + b.square()
    det = a * d - b * c
    return (a * c * waist.square() + b * d) / under, under / (waist * det.abs())


def wavefront_modes(radius: Tensor, angle: Tensor, gain: Tensor) -> Tensor:
    """Zernike: a wavefront of tilt, defocus, astigmatism, coma and sphere."""
    r = radius
    mode = (
        *(2 * r * torch.cos(angle), math.sqrt(3) * (2 * r**2 - 1), math.sqrt(6) * r**2 * torch.sin(2 * angle)),
        *(math.sqrt(8) * (3 * r**3 - 2 * r) * torch.cos(angle), math.sqrt(5) * (6 * r**4 - 6 * r**2 + 1)),
    )
    return torch.stack(mode, -1) @ gain


def barrier_tunnelling(energy: Tensor, height: Tensor, wide: Tensor) -> Tensor:
    """How often an electron passes a barrier higher than it is."""
    kappa = torch.sqrt(2 * (height - energy))
    return 1 / (1 + (height * torch.sinh(kappa * wide)).square() / (4 * energy * (height - energy)))


def solid_heat_capacity(heat: Tensor) -> Tensor:
    """Debye: how much heat a solid takes, by Simpson's rule."""
    x = torch.linspace(0, 1, 17, dtype=heat.dtype, device=heat.device)[1:]
    weight = torch.tensor((4.0, 2.0) * 7 + (4.0, 1.0), dtype=heat.dtype, device=heat.device) / 48
    z = x / heat[:, None]
    part = (z / (2 * torch.sinh(0.5 * z))).square() * x.square()
    return 9 * (part * weight).sum(-1)


def turning_magnet(field: Tensor, spin: Tensor) -> Tensor:
    """Brillouin: how far spins of any size follow a field."""
    a, b = (2 * spin + 1) / (2 * spin), 1 / (2 * spin)
    return a / torch.tanh(a * field) - b / torch.tanh(b * field)


# -- bodies


def vessel_pressure(flow: Tensor, resist: Tensor, give: Tensor) -> Tensor:
    """Windkessel: pressure in a vessel that gives, and lets blood go on."""
    keep = torch.exp(-0.1 / (resist * give))
    state, out = 1.5 * resist, []
    for now in flow.unbind(1):
        state = keep * state + (1 - keep) * resist * now
        out.append(state + 0.05 * now)
    return torch.stack(out, 1)


def muscle_force(length: Tensor, speed: Tensor, drive: Tensor) -> Tensor:
    """Hill: a muscle's force by its length, its speed and how it is driven."""
    active = torch.exp(-((length - 1) / 0.45).square())
    quick = torch.where(speed < 0, (1 + speed) / (1 - 4 * speed), (1 + 8 * speed) / (1 + 5.3 * speed))
    return drive * active * quick + torch.expm1(4 * (length - 1).clamp_min(0) / 0.6) / math.expm1(4)


def irradiated_cells(dose: Tensor, alpha: Tensor, beta: Tensor) -> tuple[Tensor, Tensor]:
    """The share of cells that live after doses, and the chance that none of a million does."""
    log = -(alpha[:, None] * dose + beta[:, None] * dose.square()).sum(-1)
    return log.exp(), torch.exp(-torch.exp(log + math.log(100.0)))


def sugar_and_insulin(meal: Tensor, feel: Tensor) -> Tensor:
    """Bergman's minimal model: sugar in the blood through a meal."""
    sugar, act = torch.ones_like(feel), torch.zeros_like(feel)
    insulin, out = torch.ones_like(feel), []
    for now in meal.unbind(1):
        act = act + 0.2 * (feel * (insulin - 1) - 0.5 * act)
        insulin = insulin + 0.2 * (2 * F.relu(sugar - 1) - 0.4 * (insulin - 1))
        sugar = sugar + 0.2 * (0.1 * (1 - sugar) - act * sugar + now)
        out.append(sugar)
    return torch.stack(out, 1)
