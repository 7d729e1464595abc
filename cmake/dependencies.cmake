# Everything comes from the distribution, except MuJoCo: the pinned wheel in .venv. Nothing is downloaded here.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(nlohmann_json 3.10 REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(CLI11 REQUIRED)
find_package(spdlog REQUIRED)
find_package(GTest REQUIRED)
find_package(JPEG REQUIRED)
find_package(PNG REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(HDF5 REQUIRED COMPONENTS C)

pkg_check_modules(BULLET REQUIRED IMPORTED_TARGET bullet-float64)
# Bullet's extras have no pkg-config file; the library is built with the same floats as bullet-float64.
find_library(FIGMENT_HACD HACD-float64)
if(NOT FIGMENT_HACD)
  message(FATAL_ERROR "Bullet's HACD library not found. Run scripts/setup.sh, or install libbullet-extras-dev")
endif()
add_library(bullet_hacd INTERFACE)
target_link_libraries(bullet_hacd INTERFACE ${FIGMENT_HACD} PkgConfig::BULLET)
pkg_check_modules(EPOXY REQUIRED IMPORTED_TARGET epoxy)
pkg_check_modules(GLFW IMPORTED_TARGET glfw3)  # optional: the window of `figment view`
# Optional: pictures that stay on the GPU. No driver and no GPU are needed to build it.
find_package(CUDAToolkit QUIET)
if(CUDAToolkit_FOUND)
  set(with_cuda ON)
else()
  set(with_cuda OFF)
endif()
option(FIGMENT_CUDA "Leave pictures in CUDA memory (untested on hardware)" ${with_cuda})
if(FIGMENT_CUDA AND NOT CUDAToolkit_FOUND)
  message(FATAL_ERROR "FIGMENT_CUDA is on, but CMake finds no CUDA toolkit. Install it, or say where it is: "
                      "-DCUDAToolkit_ROOT=DIR")
endif()
pkg_check_modules(EGL REQUIRED IMPORTED_TARGET egl)
pkg_check_modules(FFMPEG REQUIRED IMPORTED_TARGET libavformat libavcodec libavutil)
pkg_check_modules(DEFLATE REQUIRED IMPORTED_TARGET libdeflate)
pkg_check_modules(MATIO REQUIRED IMPORTED_TARGET matio)

# MuJoCo 3.17.0 from the wheel. The version is read from the header, and exactly that library is taken: one folder may
# hold another version's left-overs. 4.0.0 computes wrong accelerations and is refused.
set(FIGMENT_MUJOCO_VERSION 3.17.0)
set(FIGMENT_VENV "${PROJECT_SOURCE_DIR}/.venv" CACHE PATH "Virtual environment that holds the pinned wheels")
if(SKBUILD)  # pip: that of the Python for which it builds, or of pip's own environment for the build
  execute_process(COMMAND "${Python_EXECUTABLE}" -c "from importlib.util import find_spec
print(find_spec('mujoco').submodule_search_locations[0])"
                  OUTPUT_VARIABLE FIGMENT_MUJOCO_DIR OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  set(mujoco_place "the packages of ${Python_EXECUTABLE}")
else()
  file(GLOB FIGMENT_MUJOCO_DIR "${FIGMENT_VENV}/lib/python3*/site-packages/mujoco")
  set(mujoco_place "${FIGMENT_VENV}")
endif()
if(NOT FIGMENT_MUJOCO_DIR OR NOT EXISTS "${FIGMENT_MUJOCO_DIR}/libmujoco.so.${FIGMENT_MUJOCO_VERSION}")
  message(FATAL_ERROR "MuJoCo ${FIGMENT_MUJOCO_VERSION} not found in ${mujoco_place}. Run scripts/setup.sh, "
                      "or: python3 -m venv .venv && .venv/bin/pip install mujoco==${FIGMENT_MUJOCO_VERSION}")
endif()
file(STRINGS "${FIGMENT_MUJOCO_DIR}/include/mujoco/mujoco.h" version_line REGEX "#define mjVERSION_HEADER")
string(REGEX MATCH "[0-9]+$" header_version "${version_line}")
if(NOT header_version EQUAL 3017000)
  message(FATAL_ERROR "MuJoCo header version ${header_version}, expected 3017000 (${FIGMENT_MUJOCO_VERSION})")
endif()
add_library(mujoco SHARED IMPORTED)
set_target_properties(mujoco PROPERTIES
  IMPORTED_LOCATION "${FIGMENT_MUJOCO_DIR}/libmujoco.so.${FIGMENT_MUJOCO_VERSION}"
  INTERFACE_INCLUDE_DIRECTORIES "${FIGMENT_MUJOCO_DIR}/include")
