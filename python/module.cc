// The extension _figment: environments, and batches of them with their arrays. What users call is in
// python/figment/*.py.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <map>

#include "base/error.h"
#include "base/names.h"
#include "base/version.h"
#include "lab/environments.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace figment::python {
namespace {

using envs::ArraySpec;
using envs::DType;
using envs::EnvSpec;
using envs::Section;
using envs::VectorEnv;

using NumpyArray = nb::ndarray<nb::numpy>;

nb::dlpack::dtype TypeOf(DType type) {
  switch (type) {
    case DType::kUint8: return nb::dtype<uint8_t>();
    case DType::kInt32: return nb::dtype<int32_t>();
    case DType::kInt64: return nb::dtype<int64_t>();
    case DType::kFloat: return nb::dtype<float>();
    case DType::kDouble: break;
  }
  return nb::dtype<double>();
}

template <class Value>
Value Choose(const std::map<std::string, Value>& choices, const std::string& what, const std::string& name) {
  return base::FindNamed(what, name, choices).second;
}

VectorEnv MakeBatch(const std::string& name, const lab::Settings& settings, int n, int workers,
                    const std::string& worker_kind, const std::string& auto_reset,
                    const std::filesystem::path& worker_program) {
  const std::map<std::string, lab::WorkerKind> kinds = {{"threads", lab::WorkerKind::kThreads},
                                                        {"processes", lab::WorkerKind::kProcesses}};
  const std::map<std::string, envs::AutoReset> resets = {{"NextStep", envs::AutoReset::kNextStep},
                                                         {"SameStep", envs::AutoReset::kSameStep},
                                                         {"Disabled", envs::AutoReset::kDisabled}};
  const lab::BatchConfig config = {.name = name,
                                   .settings = settings,
                                   .n = n,
                                   .workers = workers,
                                   .kind = Choose(kinds, "kind of workers", worker_kind),
                                   .auto_reset = Choose(resets, "mode of automatic resets", auto_reset),
                                   .worker_program = worker_program};
  const nb::gil_scoped_release release;
  return lab::MakeVectorEnv(config);
}

// An array of the batch's memory, which lives as long as the array does.
template <class Value>
NumpyArray View(nb::handle batch, std::span<Value> values, nb::dlpack::dtype type = nb::dtype<Value>()) {
  const size_t shape[] = {values.size()};
  return NumpyArray(values.data(), 1, shape, batch, nullptr, type);
}

// [n, shape...] of every array of a section, by name.
nb::dict ArraysOf(nb::handle self, Section section, const std::vector<ArraySpec>& specs) {
  const auto& batch = nb::cast<const VectorEnv&>(self);
  nb::dict arrays;
  for (const ArraySpec& spec : specs) {
    std::vector<size_t> shape = {static_cast<size_t>(batch.size())};
    for (const int64_t size : spec.shape) shape.push_back(static_cast<size_t>(size));
    std::byte* const data = batch.buffers().Bytes(section, spec.name).data();
    arrays[spec.name.c_str()] =
        nb::cast(NumpyArray(data, shape.size(), shape.data(), self, nullptr, TypeOf(spec.type)));
  }
  return arrays;
}

template <std::span<uint8_t> (envs::ArrayBuffers::*kFlags)() const>
NumpyArray Flags(nb::handle self) {
  return View(self, (nb::cast<const VectorEnv&>(self).buffers().*kFlags)(), nb::dtype<bool>());
}

template <class Value, std::span<Value> (envs::ArrayBuffers::*kValues)() const>
NumpyArray Values(nb::handle self) {
  return View(self, (nb::cast<const VectorEnv&>(self).buffers().*kValues)());
}

void CheckOptions(const VectorEnv& batch, const std::vector<envs::ResetOptions>& options) {
  if (options.size() > 1 && options.size() != static_cast<size_t>(batch.size()))
    throw base::UsageError(std::to_string(options.size()) + " sets of reset options: expected none, one, or one each");
}

using Mask = nb::ndarray<const bool, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

void ResetMasked(VectorEnv& batch, const Mask& mask, const std::vector<envs::ResetOptions>& options) {
  if (mask.shape(0) != static_cast<size_t>(batch.size()))
    throw base::UsageError("a mask of " + std::to_string(mask.shape(0)) + " for " + std::to_string(batch.size()) +
                           " environments");
  CheckOptions(batch, options);
  const std::vector<uint8_t> bytes(mask.data(), mask.data() + mask.shape(0));
  const nb::gil_scoped_release release;
  batch.ResetMasked(bytes, options);
}

void BindSpecs(nb::module_& m) {
  nb::class_<ArraySpec>(m, "ArraySpec", "One array of an environment.")
      .def_ro("name", &ArraySpec::name)
      .def_prop_ro("dtype", [](const ArraySpec& spec) { return std::string(NameOf(spec.type)); })
      .def_ro("shape", &ArraySpec::shape)
      .def_ro("low", &ArraySpec::low)
      .def_ro("high", &ArraySpec::high)
      .def_ro("unit", &ArraySpec::unit)
      .def_ro("what", &ArraySpec::what)
      .def("__repr__", [](const ArraySpec& spec) { return "<ArraySpec " + Describe(spec) + ">"; });
  nb::class_<EnvSpec>(m, "EnvSpec", "Every array that goes into an environment or comes out of it.")
      .def_ro("name", &EnvSpec::name)
      .def_ro("step_s", &EnvSpec::step_s)
      .def_ro("actions", &EnvSpec::actions)
      .def_ro("observations", &EnvSpec::observations)
      .def_ro("infos", &EnvSpec::infos)
      .def_ro("reset_options", &EnvSpec::reset_options);
}

void BindBatch(nb::module_& m) {
  using envs::ArrayBuffers;
  const auto without_gil = nb::call_guard<nb::gil_scoped_release>();
  nb::class_<VectorEnv>(m, "Batch", "n environments that step together. All arrays are views of its memory.")
      .def("__init__",
           [](VectorEnv* self, const std::string& name, const lab::Settings& settings, int n, int workers,
              const std::string& kind, const std::string& auto_reset, const std::filesystem::path& worker_program) {
             new (self) VectorEnv(MakeBatch(name, settings, n, workers, kind, auto_reset, worker_program));
           },
           "name"_a, "settings"_a, "n"_a, "workers"_a, "kind"_a, "auto_reset"_a, "worker_program"_a)
      .def("__len__", &VectorEnv::size)
      .def_prop_ro("spec", &VectorEnv::spec)
      .def_prop_ro("actions", [](nb::handle self) {
        return ArraysOf(self, Section::kActions, nb::cast<const VectorEnv&>(self).spec().actions);
      })
      .def_prop_ro("observations", [](nb::handle self) {
        return ArraysOf(self, Section::kObservations, nb::cast<const VectorEnv&>(self).spec().observations);
      })
      .def_prop_ro("infos", [](nb::handle self) {
        return ArraysOf(self, Section::kInfos, nb::cast<const VectorEnv&>(self).spec().infos);
      })
      .def_prop_ro("final_observations", [](nb::handle self) {
        return ArraysOf(self, Section::kFinalObservations, nb::cast<const VectorEnv&>(self).spec().observations);
      })
      .def_prop_ro("final_infos", [](nb::handle self) {
        return ArraysOf(self, Section::kFinalInfos, nb::cast<const VectorEnv&>(self).spec().infos);
      })
      .def_prop_ro("rewards", &Values<double, &ArrayBuffers::rewards>)
      .def_prop_ro("episode_returns", &Values<double, &ArrayBuffers::episode_returns>)
      .def_prop_ro("episode_lengths", &Values<int64_t, &ArrayBuffers::episode_lengths>)
      .def_prop_ro("episodes", &Values<int64_t, &ArrayBuffers::episodes>)
      .def_prop_ro("terminated", &Flags<&ArrayBuffers::terminated>)
      .def_prop_ro("truncated", &Flags<&ArrayBuffers::truncated>)
      .def_prop_ro("has_final", &Flags<&ArrayBuffers::has_final>)
      .def("reason", [](const VectorEnv& batch, int i) { return std::string(batch.buffers().ReasonOf(i)); }, "env"_a,
           "Why this environment's episode failed in the last step; empty if it did not.")
      .def("reset",
           [](VectorEnv& batch, uint64_t seed, const std::vector<envs::ResetOptions>& options) {
             CheckOptions(batch, options);
             const nb::gil_scoped_release release;
             batch.Reset(seed, options);
           },
           "seed"_a, "options"_a)
      .def("reset_masked", &ResetMasked, "mask"_a, "options"_a)
      .def("step", &VectorEnv::Step, without_gil)
      .def("send", nb::overload_cast<>(&VectorEnv::Send), without_gil)
      .def("receive", nb::overload_cast<>(&VectorEnv::Receive), without_gil)
      .def("save",
           [](VectorEnv& batch) {
             const std::vector<std::byte> bytes = batch.Save();
             return nb::bytes(bytes.data(), bytes.size());
           })
      .def("restore",
           [](VectorEnv& batch, const nb::bytes& saved) {
             batch.Restore({static_cast<const std::byte*>(saved.data()), saved.size()});
           },
           "saved"_a)
      .def("close", &VectorEnv::Close, without_gil, "Ends the workers; the arrays stay.");
}

}  // namespace
}  // namespace figment::python

NB_MODULE(_figment, m) {
  using namespace figment;
  m.attr("__version__") = base::kVersion;
  nb::exception<base::Error>(m, "Error", PyExc_RuntimeError);
  python::BindSpecs(m);
  python::BindBatch(m);
  m.def("environments", [] {
    std::vector<std::pair<std::string, std::string>> environments;
    for (const lab::Environment& environment : lab::Environments())
      environments.emplace_back(environment.name, environment.what);
    return environments;
  }, "Names, and what they are.");
  m.def("settings", [](const std::string& name) {
    nb::list settings;
    for (const lab::SettingInfo& info : lab::FindEnvironment(name).settings)
      settings.append(nb::make_tuple(info.key, info.value, info.what));
    return settings;
  }, "name"_a, nb::sig("def settings(name: str) -> list[tuple[str, str, str]]"), "Key, value and what it means.");
  m.def("spec", &lab::SpecOf, "name"_a, "settings"_a, "What an environment of these settings takes and gives.");
}
