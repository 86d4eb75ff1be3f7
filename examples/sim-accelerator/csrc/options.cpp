#include "options.h"

#include <algorithm>
#include <map>
#include <stdexcept>

namespace sim {
namespace {

const std::map<std::string, Fault> fault_names = {
    {"wrong-tile", Fault::wrong_tile}, {"wrong-tail", Fault::wrong_tail}, {"stale", Fault::stale},
    {"race", Fault::race},             {"hang", Fault::hang},             {"crash", Fault::crash},
    {"lost", Fault::lost},             {"fallback", Fault::fallback},     {"zeros", Fault::zeros},
    {"stuck", Fault::stuck},
};
const std::vector<std::string> matmul_ops = {"mm", "addmm", "bmm", "baddbmm", "addmv", "dot", "convolution"};
const std::vector<std::string> reduction_ops = {"sum", "mean"};

const char* allowed =
    "ieee, tf32, bf16, acc16, trunc, block=N, neab=N, ftz, sat, tile=N, "
    "fault=NAME or fault=NAME@OP+OP with NAME one of "
    "wrong-tile, wrong-tail, stale, race, hang, crash, lost, fallback, zeros, stuck";

[[noreturn]] void refuse(const std::string& what) {
  throw std::invalid_argument("lockstep_sim: " + what + "; allowed: " + allowed);
}

// Parts between any of the separators, without blanks around them.
std::vector<std::string> split(const std::string& text, const char* separators) {
  std::vector<std::string> parts;
  for (size_t begin = 0, end = 0; end != std::string::npos; begin = end + 1) {
    end = text.find_first_of(separators, begin);
    std::string part = text.substr(begin, end - begin);
    part.erase(0, part.find_first_not_of(" \t"));
    part.erase(part.find_last_not_of(" \t") + 1);
    parts.push_back(part);
  }
  return parts;
}

int64_t number(const std::string& word, int64_t low, int64_t high) {
  const std::string digits = word.substr(word.find('=') + 1);
  size_t used = 0;
  int64_t value = 0;
  try {
    value = std::stoll(digits, &used);
  } catch (const std::exception&) {
  }
  if (used == 0 || used != digits.size() || value < low || value > high) {
    refuse("'" + word + "' wants an integer from " + std::to_string(low) + " to " + std::to_string(high));
  }
  return value;
}

void read_fault(const std::string& word, Options& into) {
  if (into.fault != Fault::none) refuse("'" + word + "' is a second fault; give one");
  const std::string value = word.substr(6);
  const size_t at = value.find('@');
  const auto found = fault_names.find(value.substr(0, at));
  if (found == fault_names.end()) refuse("unknown fault '" + value.substr(0, at) + "'");
  into.fault = found->second;
  if (at == std::string::npos) return;
  for (const auto& op : split(value.substr(at + 1), "+")) {
    if (op.empty()) refuse("'" + word + "' names no op after '@' or '+'");
    if (op == "matmul" || op == "linear") {
      into.fault_ops.insert(into.fault_ops.end(), matmul_ops.begin(), matmul_ops.end() - 1);
    } else if (op.rfind("conv", 0) == 0) {
      into.fault_ops.insert(into.fault_ops.end(), {"convolution", "convolution_backward"});
    } else {
      into.fault_ops.push_back(plain_name(op));
    }
  }
}

Options& current() {
  static Options value;
  return value;
}

}  // namespace

Options parse_options(const std::string& text) {
  Options result;
  result.text = text;
  bool ieee = false;
  for (const auto& word : split(text, ",:")) {
    const auto set_inputs = [&](Inputs inputs) {
      if (result.inputs != Inputs::exact) refuse("tf32 and bf16 exclude each other, got '" + text + "'");
      result.inputs = inputs;
    };
    const auto set_accumulator = [&](Accumulator accumulator) {
      if (result.accumulator != Accumulator::f32) refuse("acc16 and trunc exclude each other, got '" + text + "'");
      result.accumulator = accumulator;
    };
    if (word.empty()) continue;
    if (word == "ieee") ieee = true;
    else if (word == "tf32") set_inputs(Inputs::tf32);
    else if (word == "bf16") set_inputs(Inputs::bf16);
    else if (word == "acc16") set_accumulator(Accumulator::acc16);
    else if (word == "trunc") set_accumulator(Accumulator::trunc);
    else if (word == "ftz") result.flush_subnormals = true;
    else if (word == "sat") result.saturate = true;
    else if (word.rfind("block=", 0) == 0) result.block = int(number(word, 1, 64));
    else if (word.rfind("neab=", 0) == 0) result.neab = int(number(word, -20, 20));
    else if (word.rfind("tile=", 0) == 0) result.tile = number(word, 1, 1024);
    else if (word.rfind("fault=", 0) == 0) read_fault(word, result);
    else refuse("unknown option '" + word + "'");
  }
  const bool altered = result.inputs != Inputs::exact || result.accumulator != Accumulator::f32 ||
                       result.flush_subnormals || result.saturate;
  if (ieee && altered) refuse("ieee excludes every other numerics, got '" + text + "'");
  return result;
}

const Options& options() { return current(); }
void set_options(Options options) { current() = std::move(options); }

std::string plain_name(std::string op) {
  if (op.rfind("aten::", 0) == 0) op.erase(0, 6);
  op = op.substr(0, op.find('.'));
  op.erase(0, op.find_first_not_of('_'));
  op.erase(op.find_last_not_of('_') + 1);
  if (op.rfind("native_", 0) == 0) op.erase(0, 7);
  const size_t suffix = op.rfind("_overrideable");
  if (suffix != std::string::npos) op.erase(suffix);
  return op;
}

bool strikes(const std::string& plain) {
  const Options& o = options();
  if (o.fault == Fault::none) return false;
  const auto holds = [&](const std::vector<std::string>& ops) {
    return std::find(ops.begin(), ops.end(), plain) != ops.end();
  };
  if (!o.fault_ops.empty()) return holds(o.fault_ops);
  if (o.fault == Fault::wrong_tile) return holds(matmul_ops);
  if (o.fault == Fault::race) return holds(reduction_ops);
  return true;
}

}  // namespace sim
