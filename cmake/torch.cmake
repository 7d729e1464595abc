# LibTorch from the pinned wheel in .venv, for the `full` preset. Makes the target `torch`.
#
# Link it PRIVATE and keep it out of headers that other folders include without need: the wheel's include folder also
# holds its own fmt, so no unit may include both torch and spdlog.
set(FIGMENT_TORCH_VERSION 2.13.0)
set(torch_way_out "Run scripts/setup.sh --full, or build without torch: cmake --preset core")

file(GLOB FIGMENT_TORCH_DIR "${FIGMENT_VENV}/lib/python3*/site-packages/torch")
if(NOT FIGMENT_TORCH_DIR OR NOT EXISTS "${FIGMENT_TORCH_DIR}/share/cmake/Torch/TorchConfig.cmake")
  message(FATAL_ERROR "torch ${FIGMENT_TORCH_VERSION} not found in ${FIGMENT_VENV}. ${torch_way_out}")
endif()
# The wheel says what it is in a text file; importing it would take seconds.
file(STRINGS "${FIGMENT_TORCH_DIR}/version.py" version_line REGEX "^__version__ = ")
string(REGEX REPLACE "^__version__ = ['\"]([^'\"]*)['\"].*" "\\1" torch_found "${version_line}")
if(NOT torch_found MATCHES "^([0-9.]+)(\\+cpu)?$" AND torch_found MATCHES "\\+")
  message(FATAL_ERROR "The torch in ${FIGMENT_VENV} is ${torch_found}, a build for GPUs, which cannot be linked without "
                      "its toolkit. Remove it (${FIGMENT_VENV}/bin/pip uninstall torch) and run scripts/setup.sh --full, "
                      "which says how to get the CPU build; or build without torch: cmake --preset core")
endif()
if(NOT torch_found MATCHES "^${FIGMENT_TORCH_VERSION}(\\+cpu)?$")
  message(FATAL_ERROR "torch ${torch_found} found, expected ${FIGMENT_TORCH_VERSION}. ${torch_way_out}")
endif()

set(Torch_DIR "${FIGMENT_TORCH_DIR}/share/cmake/Torch")
set(saved_quiet "${CMAKE_MESSAGE_LOG_LEVEL}")
set(CMAKE_MESSAGE_LOG_LEVEL ERROR)  # "kineto not found" is a warning about a profiler that is not shipped
find_package(Torch REQUIRED)
set(CMAKE_MESSAGE_LOG_LEVEL "${saved_quiet}")
# It would add run paths of the machine that built the wheel.
if(TARGET caffe2::mkl)
  set_target_properties(caffe2::mkl PROPERTIES INTERFACE_LINK_DIRECTORIES "")
endif()
message(STATUS "torch ${torch_found}")
