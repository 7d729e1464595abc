#!/usr/bin/env python3
"""Steps a scene of boxes with pybullet and tells how long it took.

Reads lines from stdin, answers each with one line on stdout:
  {"timestep_s": .01, "solver_iterations": 32, "gravity_m_s2": 9.81, "ground_friction": .5,
   "boxes": [{"size": [x, y, z], "position": [x, y, z] (centre), "mass_kg": m, "friction": f}, ...]}
                          sets the scene; answer: {"version": "..."}
  {"warm_up": W, "steps": N}
                          starts the scene anew, takes W steps, then N timed ones; answer: {"cpu_seconds": s}
After every step all poses and all contact points are read.
"""

import json
import sys
import time

try:
    import pybullet
except ImportError:
    print(json.dumps({"error": "pybullet not installed"}), flush=True)
    sys.exit(0)


def build(scene):
    pybullet.resetSimulation()
    pybullet.setGravity(0, 0, -scene["gravity_m_s2"])
    pybullet.setTimeStep(scene["timestep_s"])
    pybullet.setPhysicsEngineParameter(numSolverIterations=scene["solver_iterations"], numSubSteps=0)
    plane = pybullet.createMultiBody(0, pybullet.createCollisionShape(pybullet.GEOM_PLANE))
    pybullet.changeDynamics(plane, -1, lateralFriction=scene["ground_friction"])
    bodies = []
    for box in scene["boxes"]:
        shape = pybullet.createCollisionShape(pybullet.GEOM_BOX, halfExtents=[side / 2 for side in box["size"]])
        body = pybullet.createMultiBody(box["mass_kg"], shape, basePosition=box["position"])
        pybullet.changeDynamics(body, -1, lateralFriction=box["friction"], linearDamping=0, angularDamping=0)
        bodies.append(body)
    return bodies


def step(bodies):
    pybullet.stepSimulation()
    for body in bodies:
        pybullet.getBasePositionAndOrientation(body)
        pybullet.getBaseVelocity(body)
    return pybullet.getContactPoints()


def main():
    pybullet.connect(pybullet.DIRECT)
    scene = None
    for line in sys.stdin:
        request = json.loads(line)
        if "boxes" in request:
            scene = request
            answer = {"version": str(pybullet.getAPIVersion())}
        else:
            bodies = build(scene)
            for _ in range(request["warm_up"]):
                step(bodies)
            start = time.process_time()
            for _ in range(request["steps"]):
                step(bodies)
            answer = {"cpu_seconds": time.process_time() - start}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
