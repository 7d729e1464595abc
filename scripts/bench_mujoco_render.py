"""Frame rates of mujoco.Renderer on one scene, for the table of `figment bench render`.

    MUJOCO_GL=egl python scripts/bench_mujoco_render.py scene.xml --size 64 --passes rgb --effects off --seconds 3

Prints one JSON object: frames per second of wall time and of processor time, and the renderer's name. `--effects off`
switches off shadows, reflections and multi-sampling; `on` keeps MuJoCo's defaults. Passes `rgb,depth,segmentation`
draw three times a frame, as mujoco.Renderer does it.
"""

import argparse
import json
import time

import mujoco


def make_renderer(model, size, effects):
    if effects == "off":
        model.vis.quality.offsamples = 0
    renderer = mujoco.Renderer(model, size, size)
    if effects == "off":
        renderer.scene.flags[mujoco.mjtRndFlag.mjRND_SHADOW] = 0
        renderer.scene.flags[mujoco.mjtRndFlag.mjRND_REFLECTION] = 0
    return renderer


def draw(renderer, data, passes):
    renderer.update_scene(data, camera=0)
    for name in passes:
        if name == "depth":
            renderer.enable_depth_rendering()
        elif name == "segmentation":
            renderer.enable_segmentation_rendering()
        renderer.render()
        renderer.disable_depth_rendering()
        renderer.disable_segmentation_rendering()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scene")
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--passes", default="rgb")
    parser.add_argument("--effects", choices=["on", "off"], default="off")
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--image", help="write the first colour picture here as PPM")
    args = parser.parse_args()
    passes = args.passes.split(",")

    model = mujoco.MjModel.from_xml_path(args.scene)
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    renderer = make_renderer(model, args.size, args.effects)
    for _ in range(2):
        draw(renderer, data, passes)
    if args.image:
        renderer.update_scene(data, camera=0)
        with open(args.image, "wb") as out:
            out.write(b"P6 %d %d 255\n" % (args.size, args.size) + renderer.render().tobytes())

    frames, start, cpu_start = 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - start < args.seconds:
        draw(renderer, data, passes)
        frames += 1
    wall, cpu = time.perf_counter() - start, time.process_time() - cpu_start
    print(json.dumps({"frames_per_s": frames / wall, "frames_per_cpu_s": frames / cpu, "mujoco": mujoco.__version__}))


if __name__ == "__main__":
    main()
