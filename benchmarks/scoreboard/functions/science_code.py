"""Parts of studies as users of PyTorch write them, of given tensors only: genes, climate, molecules, spread, stars.

None of them is in an earlier file; sixteenth_inputs.py gives them their inputs, layer_code.py, learn_code.py and
motion_code.py have the other fields.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- genes


def motif_log_odds(base: Tensor, weight: Tensor) -> Tensor:
    """Scores of motifs along a sequence on both strands: logarithms of chances over even ones, softly summed."""
    one = F.one_hot(base, 4).to(weight.dtype).mT
    odds = torch.log(weight.softmax(1) * 4)
    both = torch.stack((F.conv1d(one, odds), F.conv1d(one, odds.flip(1, 2))))
    return torch.logsumexp(both, 0)


def aligned_pair_likelihood(match: Tensor, skip: Tensor) -> Tensor:
    """The forward sum of a pair hidden Markov model of matches and gaps, in logarithms."""
    n, m = match.shape[-2:]
    none = torch.full_like(skip, -30.0)
    rows = [[none * 0 if (i, j) == (0, 0) else none for j in range(m + 1)] for i in range(n + 1)]
    gaps = [[none for _ in range(m + 1)] for _ in range(n + 1)]
    for i in range(n + 1):
        for j in range(m + 1):
            if i and j:
                rows[i][j] = match[:, i - 1, j - 1] + torch.logaddexp(rows[i - 1][j - 1], gaps[i - 1][j - 1] - 0.5)
            ways = []
            if i:
                ways += [rows[i - 1][j] + skip, gaps[i - 1][j] - 0.7]
            if j:
                ways += [rows[i][j - 1] + skip, gaps[i][j - 1] - 0.7]
            if ways:
                gaps[i][j] = torch.logsumexp(torch.stack(ways), 0)
    return torch.logaddexp(rows[n][m], gaps[n][m])


def rate_mixture_likelihood(same: Tensor, length: Tensor, rate: Tensor) -> Tensor:
    """Jukes and Cantor: whether two sites are the same, over several rates of change."""
    fade = torch.exp(-4 / 3 * length[:, None] * rate)
    chance = torch.where(same[..., None] > 0, 0.25 + 0.75 * fade[:, None], 0.25 - 0.25 * fade[:, None])
    return torch.log(chance.mean(-1)).sum(-1)


def linkage_disequilibrium(x: Tensor) -> Tensor:
    """Squared correlations between sites' allele counts, corrected for how few there are."""
    z = x - x.mean(0)
    cov = z.T @ z / x.shape[0]
    var = cov.diagonal()
    r = cov.square() / (var[:, None] * var + 1e-3)
    return r - (1 - r) / (x.shape[0] - 2)


def genotype_posteriors(quality: Tensor, other: Tensor, share: Tensor) -> Tensor:
    """Chances of no, one and two copies, from reads and how sure each is."""
    wrong = torch.pow(10.0, -quality / 10)
    level = torch.stack((torch.zeros_like(share), 0.5 * torch.ones_like(share), torch.ones_like(share)), -1)
    p = level[:, None] * (1 - wrong[..., None]) + (1 - level[:, None]) * wrong[..., None]
    log = torch.log(torch.where(other[..., None] > 0, p, 1 - p)).sum(1)
    prior = torch.stack((2 * torch.log1p(-share), math.log(2) + share.log() + torch.log1p(-share), 2 * share.log()), -1)
    return (log + prior).softmax(-1)


def genomic_kinship(x: Tensor) -> Tensor:
    """VanRaden: relatedness of people from allele counts, over what is expected by chance."""
    p = ((x.sum(0) + 1) / (2 * x.shape[0] + 2)).clamp(0.05, 0.95)
    z = x - 2 * p
    return z @ z.T / (2 * p * (1 - p)).sum()


def coalescent_log_density(wait: Tensor, size: Tensor) -> Tensor:
    """The density of times between joins of lineages, in a population that grows."""
    k = torch.arange(wait.shape[-1] + 1, 1, -1, dtype=wait.dtype, device=wait.device)
    rate = 0.5 * k * (k - 1)
    start = wait.cumsum(-1) - wait
    area = torch.exp(0.3 * start) * torch.expm1(0.3 * wait) / (0.3 * size[:, None])
    return (torch.log(rate / size[:, None]) + 0.3 * (start + wait) - rate * area).sum(-1)


def expression_size_factors(count: Tensor) -> Tensor:
    """Counts of genes in samples, made alike by the middle ratio to a geometric mean."""
    log = torch.log(count)
    ratio = log - log.mean(0)
    return torch.log2(count / ratio.median(-1, keepdim=True)[0].exp() + 1)


def balanced_contacts(x: Tensor) -> Tensor:
    """A matrix of contacts whose rows are made to sum to the same, three times over."""
    x = 0.5 * (x + x.mT)
    for _ in range(3):
        total = x.sum(-1)
        scale = torch.rsqrt(total / total.mean(-1, keepdim=True))
        x = x * scale[..., None] * scale[..., None, :]
    return x


# -- climate


def grey_atmosphere(depth: Tensor, ground: Tensor) -> tuple[Tensor, Tensor]:
    """Heat up and down through grey layers in balance, and their temperatures."""
    total = depth.cumsum(-1)
    flux = ground.square().square() / (1 + 0.75 * total[:, -1])
    source = flux[:, None] * 0.5 * (1 + 1.5 * total)
    return source.sqrt().sqrt(), (source * torch.exp(-1.66 * (total[:, -1:] - total))).sum(-1)


def convective_energy(parcel: Tensor, air: Tensor, height: Tensor) -> tuple[Tensor, Tensor]:
    """Energy that lifts a parcel, and what it must overcome, by trapezoids."""
    lift = 9.81 * (parcel - air) / air
    return torch.trapezoid(lift.clamp_min(0), height, dim=-1), torch.trapezoid((-lift).clamp_min(0), height, dim=-1)


def potential_vorticity(u: Tensor, v: Tensor, theta: Tensor) -> Tensor:
    """Rotation times stratification, from winds and potential temperatures on levels."""

    def slope(x: Tensor, dim: int) -> Tensor:
        return 0.5 * (torch.roll(x, -1, dim) - torch.roll(x, 1, dim))

    spin = 1 + slope(v, -1) - slope(u, -2)
    up = theta[1:] - theta[:-1]
    turn = (v[1:] - v[:-1]) * slope(theta[1:], -1) - (u[1:] - u[:-1]) * slope(theta[1:], -2)
    return spin[1:] * up - turn


def sea_surface_fluxes(wind: Tensor, gap: Tensor, moist: Tensor) -> tuple[Tensor, Tensor]:
    """Drag and heat over the sea by a logarithmic wind, with a roughness found in four rounds."""
    speed = 0.04 * wind
    for _ in range(4):
        rough = 0.018 * speed.square() / 9.81 + 1.1e-4 / (speed + 0.01)
        speed = 0.4 * wind / torch.log(10 / rough)
    through = 0.4 * speed / torch.log(10 / (0.1 * rough))
    return 1.2 * speed.square(), 1.2 * through * (gap + 2.5 * moist)


def carbon_boxes(start: Tensor, flow: Tensor, emission: Tensor) -> Tensor:
    """Carbon in air, land and sea, by rates between them and what is emitted each year."""
    rate = F.softplus(flow)
    rate = rate * (1 - torch.eye(rate.shape[-1], dtype=rate.dtype, device=rate.device))
    move = 0.05 * (rate.mT - torch.diag_embed(rate.sum(-1)))
    state, out = start, []
    for now in emission.unbind(1):
        state = state + torch.einsum("bij,bj->bi", move, state) + F.pad(now[:, None], (0, state.shape[-1] - 1))
        out.append(state)
    return torch.stack(out, 1)


def wet_bulb(heat: Tensor, moist: Tensor) -> Tensor:
    """Stull: the temperature of a wet thermometer, by arctangents."""
    first = heat * torch.atan(0.151977 * torch.sqrt(moist + 8.313659)) + torch.atan(heat + moist)
    return first - torch.atan(moist - 1.676331) + 0.00391838 * moist**1.5 * torch.atan(0.023101 * moist) - 4.686035


def standardised_rain(x: Tensor) -> Tensor:
    """Rain by its chance under a gamma density fitted to each place, as a normal's quantile."""
    a = torch.log(x.mean(-1, keepdim=True)) - torch.log(x).mean(-1, keepdim=True)
    shape = (1 + torch.sqrt(1 + 4 * a / 3)) / (4 * a)
    rate = shape / x.mean(-1, keepdim=True)
    return torch.special.ndtri(torch.special.gammainc(shape.expand_as(x), x * rate).clamp(0.001, 0.999))


def leading_patterns(x: Tensor, latitude: Tensor) -> Tensor:
    """Shares of variance that patterns of a field explain, weighted by the root of the area."""
    z = (x - x.mean(0)) * torch.cos(latitude).sqrt()
    level = torch.linalg.svdvals(z).square()
    return level / level.sum()


def overturning_boxes(heat: Tensor, salt: Tensor, rain: Tensor) -> tuple[Tensor, Tensor]:
    """Stommel: two boxes' differences of heat and salt, and a flow between them that their weights drive."""
    for _ in range(10):
        flow = torch.sqrt((heat - salt).square() + 1e-2)
        heat, salt = heat + 0.05 * (3 * (1 - heat) - flow * heat), salt + 0.05 * (rain - flow * salt)
    return heat, salt


# -- molecules


def exponential_repulsion(x: Tensor, charge: Tensor) -> tuple[Tensor, Tensor]:
    """Buckingham's energy with charges, of all pairs, and of each atom."""
    gap = (x[:, :, None] - x[:, None]).square().sum(-1)
    r = torch.sqrt(gap + torch.eye(x.shape[1], dtype=x.dtype, device=x.device))
    pair = 200 * torch.exp(-3 * r) - 2 / (r**6 + 0.5) + charge[:, None] * charge / r
    pair = pair * (1 - torch.eye(x.shape[1], dtype=x.dtype, device=x.device))
    return 0.5 * pair.sum((1, 2)), pair.sum(2)


def normal_mode_pitches(hessian: Tensor, mass: Tensor) -> Tensor:
    """Frequencies of a molecule's vibrations, from second derivatives and masses."""
    scale = mass.rsqrt().repeat_interleave(3, -1)
    level = torch.linalg.eigvalsh(hessian * scale[..., None] * scale[..., None, :])
    return torch.sign(level) * level.abs().sqrt()


def electron_transfer_rate(gain: Tensor, reorder: Tensor, couple: Tensor, heat: Tensor) -> Tensor:
    """Marcus: the logarithm of how fast an electron hops, which falls again when it gains too much."""
    log = 2 * torch.log(couple) - 0.5 * torch.log(4 * math.pi * reorder * heat)
    return log - (gain + reorder).square() / (4 * reorder * heat)


def fugacity_logarithm(z: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """Peng and Robinson: how far a gas is from ideal, given its compressibility."""
    root = math.sqrt(2)
    log = torch.log((z + (1 + root) * b) / (z + (1 - root) * b))
    return z - 1 - torch.log(z - b) - a / (2 * root * b) * log


def stiff_kinetics_step(x: Tensor, rate: Tensor) -> Tensor:
    """Robertson's three species over one implicit step, by three of Newton's."""
    y = x
    eye = torch.eye(3, dtype=x.dtype, device=x.device)
    for _ in range(3):
        a, b, c = y.unbind(-1)
        one, two, three = rate[:, 0] * a, rate[:, 1] * b * c, rate[:, 2] * b * b
        move = torch.stack((two - one, one - two - three, three), -1)
        da = torch.stack((-rate[:, 0], rate[:, 1] * c, rate[:, 1] * b), -1)
        dc = torch.stack((torch.zeros_like(b), 2 * rate[:, 2] * b, torch.zeros_like(b)), -1)
        jacobian = torch.stack((da, -da - dc, dc), -2)
        y = y - torch.linalg.solve(eye - 0.5 * jacobian, y - x - 0.5 * move)
    return y


def soft_pair_distribution(x: Tensor, at: Tensor) -> Tensor:
    """How often two atoms are so far apart, softly drawn together, by smooth bins."""
    gap = x[:, :, None] - x[:, None]
    gap = gap - 0.6 * torch.tanh(gap * (4 / 3))
    n = x.shape[1]
    upper = torch.ones(n, n, dtype=torch.bool, device=x.device).triu(1)
    r = torch.linalg.vector_norm(gap[:, upper], dim=-1)
    bins = torch.exp(-0.5 * ((r[..., None] - at) / 0.3).square()).sum(1)
    return bins / (4 * math.pi * at.square()) * 27 / (n * (n - 1) / 2)


def multistate_free_energies(energy: Tensor, start: Tensor) -> Tensor:
    """MBAR: free energies of several states from samples of all, by six self-consistent rounds."""
    f = start
    for _ in range(6):
        log = torch.logsumexp(f[:, None] - energy, 0) - math.log(energy.shape[0])
        f = -torch.logsumexp(-energy - log, -1) + math.log(energy.shape[1])
        f = f - f[0]
    return f[1:]


def filled_valleys(x: Tensor, visit: Tensor) -> tuple[Tensor, Tensor]:
    """Well-tempered metadynamics: hills that shrink where many were laid, and their slope."""
    height: list[Tensor] = []
    hills = torch.zeros_like(visit[:, 0])
    for t in range(visit.shape[1]):
        if t:
            gap = visit[:, t, None] - visit[:, :t]
            hills = (torch.stack(height, -1) * torch.exp(-2 * gap.square())).sum(-1)
        height.append(0.5 * torch.exp(-hills))
    gap = x[:, :, None] - visit[:, None]
    lump = torch.stack(height, -1)[:, None] * torch.exp(-2 * gap.square())
    return lump.sum(-1), (-4 * gap * lump).sum(-1)


def work_averages(forth: Tensor, back: Tensor) -> tuple[Tensor, Tensor]:
    """Jarzynski's free energy, and Bennett's by three rounds from there."""
    one = math.log(forth.shape[-1]) - torch.logsumexp(-forth, -1)
    f = one
    for _ in range(3):
        a = F.logsigmoid(-(forth - f[:, None]))
        b = F.logsigmoid(-(back + f[:, None]))
        f = f + torch.logsumexp(b, -1) - torch.logsumexp(a, -1) + math.log(forth.shape[-1] / back.shape[-1])
    return one, f


# -- spread and queues


def age_mixed_infection(well: Tensor, ill: Tensor, meet: Tensor, rate: Tensor) -> tuple[Tensor, Tensor]:
    """Those exposed, ill and well by age, who meet by a matrix, for four days."""
    exposed = torch.zeros_like(ill)
    for _ in range(4):
        force = torch.einsum("ij,bj->bi", meet, ill) * rate[:, None]
        new = well * -torch.expm1(-0.2 * force)
        well, exposed, ill = well - new, exposed + new - 0.25 * exposed, ill + 0.25 * exposed - 0.2 * ill
    return ill, well


def next_generation_number(meet: Tensor, weak: Tensor) -> Tensor:
    """How many one infects, by eight rounds of who infects whom."""
    x = torch.ones_like(weak)
    for _ in range(8):
        y = torch.einsum("bij,bj->bi", meet, x) * weak
        size = torch.linalg.vector_norm(y, dim=-1, keepdim=True)
        x = y / size
    return size.squeeze(-1)


def renewed_cases(reproduce: Tensor, start: Tensor, delay: Tensor) -> Tensor:
    """Cases each day from those before, by how long it takes from one to the next."""
    share = delay.softmax(-1)
    past = [start]
    for now in reproduce.unbind(1):
        recent = torch.stack(past[::-1][: share.shape[-1]], -1)
        past.append(now * (recent * share[: recent.shape[-1]]).sum(-1) + 0.1)
    return torch.stack(past[1:], 1)


def final_outbreak_share(r: Tensor) -> Tensor:
    """How many are ill in the end, by six steps of Newton from above."""
    z = torch.full_like(r, 0.99)
    for _ in range(6):
        e = torch.exp(-r * z)
        z = z - (z - 1 + e) / (1 - r * e)
    return z


def closed_network(serve: Tensor, visit: Tensor) -> tuple[Tensor, Tensor]:
    """Mean value analysis: lengths of queues in a closed network, one customer after another."""
    length = torch.zeros_like(serve)
    for n in range(1, 4):
        wait = serve * (1 + length)
        through = n / (visit * wait).sum(-1, keepdim=True)
        length = through * visit * wait
    return length, through.squeeze(-1)


def open_network(move: Tensor, arrive: Tensor, serve: Tensor) -> Tensor:
    """Jackson: customers at each of several queues that send on to each other."""
    share = move.softmax(-1) * 0.6
    eye = torch.eye(move.shape[-1], dtype=move.dtype, device=move.device)
    rate = torch.linalg.solve(eye - share.mT, arrive)
    load = rate / (rate + serve)
    return load / (1 - load)


def birth_death_shares(birth: Tensor, death: Tensor) -> Tensor:
    """How long a chain that goes up and down is at each level."""
    log = F.pad(torch.cumsum(torch.log(birth) - torch.log(death), -1), (1, 0))
    return torch.softmax(log, -1)


# -- stars


def galaxy_brightness(r: Tensor, shape: Tensor, half: Tensor) -> tuple[Tensor, Tensor]:
    """Sérsic: brightness of a galaxy from its middle, and the share of light within."""
    b = 2 * shape - 1 / 3 + 0.009876 / shape
    x = b * (r / half).pow(1 / shape)
    return torch.exp(b - x), torch.special.gammainc((2 * shape).expand_as(x), x)


def transit_dimming(far: Tensor, size: Tensor) -> Tensor:
    """How much a planet hides of its star, by two circles' overlap."""
    inside = ((far.square() + size.square() - 1) / (2 * far * size)).clamp(-0.9999, 0.9999)
    outside = ((far.square() + 1 - size.square()) / (2 * far)).clamp(-0.9999, 0.9999)
    kite = (4 * far.square() - (1 + far.square() - size.square()).square()).clamp_min(0).sqrt()
    return (size.square() * torch.acos(inside) + torch.acos(outside) - 0.5 * kite) / math.pi


def wobble_curve(time: Tensor, pull: Tensor, out: Tensor, turn: Tensor) -> Tensor:
    """A star's speed towards us as a planet pulls it, by Kepler's equation in five steps of Newton."""
    mean = time[None] * 0.9
    e = mean + out[:, None] * torch.sin(mean)
    for _ in range(5):
        e = e - (e - out[:, None] * torch.sin(e) - mean) / (1 - out[:, None] * torch.cos(e))
    half = torch.atan2(torch.sqrt(1 + out)[:, None] * torch.sin(e / 2), torch.sqrt(1 - out)[:, None] * torch.cos(e / 2))
    return pull[:, None] * (torch.cos(2 * half + turn[:, None]) + (out * torch.cos(turn))[:, None])


def dust_reddening(wave: Tensor, ratio: Tensor) -> Tensor:
    """Cardelli's law of dust: how much it takes of each visible colour."""
    y = 1 / wave - 1.82
    a, b = torch.ones_like(y), torch.zeros_like(y)
    power = y
    for p, q in ((0.104, 1.952), (-0.609, 2.908), (0.701, -3.989), (1.137, -7.985), (-1.718, 11.102)):
        a, b = a + p * power, b + q * power
        power = power * y
    return a + b / ratio[:, None]


def roche_potential(x: Tensor, share: Tensor) -> Tensor:
    """The pull of two stars and of their turning, at places around them."""
    m = share[:, None]
    one = torch.sqrt((x[..., 0] + m).square() + x[..., 1].square() + 0.01)
    two = torch.sqrt((x[..., 0] - 1 + m).square() + x[..., 1].square() + 0.01)
    return -(1 - m) / one - m / two - 0.5 * x.square().sum(-1)


def halo_abundance(sigma: Tensor) -> tuple[Tensor, Tensor]:
    """Press and Schechter's and Sheth and Tormen's share of matter in halos, by how rough the sky is."""
    nu = 1.686 / sigma
    plain = math.sqrt(2 / math.pi) * nu * torch.exp(-0.5 * nu.square())
    a = 0.707 * nu.square()
    return plain, 0.3222 * torch.sqrt(2 * a / math.pi) * (1 + a.pow(-0.3)) * torch.exp(-0.5 * a)
