// The window: GLFW gives it and its events; a picture that was drawn headless is copied into it.
//
// The renderer and the window have contexts of their own on one thread. Both are EGL's, of which a thread has one current
// at a time, so each is made current before its turn (the renderer sees to its own).
#include <epoxy/gl.h>
#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <string>

#include "base/error.h"
#include "files/png.h"
#include "lab/viewer.h"

namespace figment::lab {
namespace {

std::string Problem() {
  const char* text = nullptr;
  glfwGetError(&text);
  return text ? text : "no reason given";
}

struct Library {
  Library() {
    if (!glfwInit())
      throw base::Error("cannot open a window: " + Problem() +
                        ". A display is needed (DISPLAY or WAYLAND_DISPLAY); without one use preview or rollout, or "
                        "xvfb-run");
  }
  ~Library() { glfwTerminate(); }
};

struct DestroyWindow {
  void operator()(GLFWwindow* window) const { glfwDestroyWindow(window); }
};
using Window = std::unique_ptr<GLFWwindow, DestroyWindow>;

std::optional<Key> KeyOf(int glfw_key) {
  switch (glfw_key) {
    case GLFW_KEY_SPACE: return Key::kPause;
    case GLFW_KEY_PERIOD: return Key::kStep;
    case GLFW_KEY_N: return Key::kNextSeed;
    case GLFW_KEY_R: return Key::kReset;
    case GLFW_KEY_C: return Key::kCamera;
    case GLFW_KEY_RIGHT: return Key::kRight;
    case GLFW_KEY_LEFT: return Key::kLeft;
    case GLFW_KEY_UP: return Key::kUp;
    case GLFW_KEY_DOWN: return Key::kDown;
    case GLFW_KEY_Q:
    case GLFW_KEY_ESCAPE: return Key::kQuit;
    default: return std::nullopt;
  }
}

// What the callbacks need to know.
struct Hand {
  Session* session;
  double x = 0, y = 0;  // of the mouse, pixels
};

Hand& HandOf(GLFWwindow* window) { return *static_cast<Hand*>(glfwGetWindowUserPointer(window)); }

void OnKey(GLFWwindow* window, int glfw_key, int, int action, int) {
  const std::optional<Key> key = KeyOf(glfw_key);
  if (!key) return;
  const bool may_repeat = *key == Key::kStep;
  if (action == GLFW_PRESS || (action == GLFW_REPEAT && may_repeat)) Press(*HandOf(window).session, *key);
  if (action == GLFW_RELEASE) Release(*HandOf(window).session, *key);
}

void OnMouse(GLFWwindow* window, double x, double y) {
  Hand& hand = HandOf(window);
  const bool turn = glfwGetMouseButton(window, GLFW_MOUSE_BUTTON_LEFT) == GLFW_PRESS;
  const bool pan = glfwGetMouseButton(window, GLFW_MOUSE_BUTTON_RIGHT) == GLFW_PRESS;
  int width = 1, height = 1;
  glfwGetWindowSize(window, &width, &height);
  if (turn || pan) Drag(*hand.session, (x - hand.x) / height, (y - hand.y) / height, pan);
  hand.x = x, hand.y = y;
}

void OnWheel(GLFWwindow* window, double, double clicks) { Zoom(*HandOf(window).session, clicks); }

Window OpenWindow(const std::string& title, const render::Frame& frame) {
  glfwWindowHint(GLFW_CONTEXT_CREATION_API, GLFW_EGL_CONTEXT_API);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 3);
  glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
  Window window(glfwCreateWindow(frame.width, frame.height, title.c_str(), nullptr, nullptr));
  if (!window) throw base::Error("cannot open a window: " + Problem());
  return window;
}

// Copies pictures into the window, as large as they fit.
class Screen {
 public:
  explicit Screen(GLFWwindow* window) : window_(window) {
    glfwMakeContextCurrent(window);
    glfwSwapInterval(1);
    glGenTextures(1, &texture_);
    glGenFramebuffers(1, &framebuffer_);
    glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
    glPixelStorei(GL_PACK_ALIGNMENT, 1);
  }

  void Show(const render::Frame& frame) {
    glfwMakeContextCurrent(window_);
    glBindTexture(GL_TEXTURE_2D, texture_);
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGB8, frame.width, frame.height, 0, GL_RGB, GL_UNSIGNED_BYTE, frame.color.data());
    glBindFramebuffer(GL_READ_FRAMEBUFFER, framebuffer_);
    glFramebufferTexture2D(GL_READ_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture_, 0);
    glBindFramebuffer(GL_DRAW_FRAMEBUFFER, 0);
    int width = 0, height = 0;
    glfwGetFramebufferSize(window_, &width, &height);
    glViewport(0, 0, width, height);
    glClearColor(0, 0, 0, 1);
    glClear(GL_COLOR_BUFFER_BIT);
    const double scale = std::min(static_cast<double>(width) / frame.width, static_cast<double>(height) / frame.height);
    const int w = static_cast<int>(std::lround(scale * frame.width)), h = static_cast<int>(std::lround(scale * frame.height));
    const int left = (width - w) / 2, bottom = (height - h) / 2;
    // The picture's first row is its top, the window's its bottom.
    glBlitFramebuffer(0, 0, frame.width, frame.height, left, bottom + h, left + w, bottom, GL_COLOR_BUFFER_BIT, GL_LINEAR);
  }

  // What the window shows, from the top left. Before the buffers are swapped.
  files::RgbPicture Content() {
    files::RgbPicture content;
    glfwGetFramebufferSize(window_, &content.width, &content.height);
    const size_t row = static_cast<size_t>(content.width) * 3;
    std::vector<uint8_t> upside_down(row * static_cast<size_t>(content.height));
    content.pixels.resize(upside_down.size());
    glBindFramebuffer(GL_READ_FRAMEBUFFER, 0);
    glReadBuffer(GL_BACK);
    glReadPixels(0, 0, content.width, content.height, GL_RGB, GL_UNSIGNED_BYTE, upside_down.data());
    for (int y = 0; y < content.height; ++y)
      std::copy_n(upside_down.data() + row * static_cast<size_t>(content.height - 1 - y), row,
                  content.pixels.data() + row * static_cast<size_t>(y));
    return content;
  }

  void Swap() { glfwSwapBuffers(window_); }

 private:
  GLFWwindow* window_;
  unsigned texture_ = 0, framebuffer_ = 0;  // go with the window's context
};

std::string TitleOf(const Session& session) {
  std::string title = session.viewable.title + ", seed " + std::to_string(session.seed);
  if (!session.status.empty()) title += ": " + session.status;
  if (session.paused) title += " (paused)";
  return title;
}

}  // namespace

void RunViewer(Viewable viewable, const ViewerOptions& options) {
  std::vector<std::optional<Key>> keys;
  for (const std::string& name : options.keys) keys.push_back(ParseKey(name));
  Session session = StartSession(std::move(viewable), options.seed);
  render::Frame frame;
  DrawSession(session, &frame);

  const Library library;
  const Window window = OpenWindow(TitleOf(session), frame);
  Hand hand{&session};
  glfwSetWindowUserPointer(window.get(), &hand);
  glfwSetKeyCallback(window.get(), OnKey);
  glfwSetCursorPosCallback(window.get(), OnMouse);
  glfwSetScrollCallback(window.get(), OnWheel);
  Screen screen(window.get());

  // With keys from a list, time goes by frames, so that a script does the same everywhere.
  constexpr double kScriptedFrame_s = 1.0 / 60;
  auto last = std::chrono::steady_clock::now();
  std::string title;
  for (int n = 0; !session.quit && !glfwWindowShouldClose(window.get()); ++n) {
    glfwPollEvents();
    const auto index = static_cast<size_t>(n);
    if (index > 0 && index <= keys.size() && keys[index - 1]) Release(session, *keys[index - 1]);
    if (index < keys.size() && keys[index]) Press(session, *keys[index]);
    const auto now = std::chrono::steady_clock::now();
    Advance(session, keys.empty() ? std::chrono::duration<double>(now - last).count() : kScriptedFrame_s);
    last = now;
    DrawSession(session, &frame);
    screen.Show(frame);
    const bool is_last = session.quit || (options.frames > 0 && n + 1 >= options.frames);
    if (is_last && !options.picture.empty()) files::WritePng(options.picture, screen.Content());
    screen.Swap();
    if (std::string now_titled = TitleOf(session); now_titled != title)
      glfwSetWindowTitle(window.get(), (title = std::move(now_titled)).c_str());
    if (is_last) break;
  }
}

std::string ViewerVersion() {
  int major = 0, minor = 0, revision = 0;
  glfwGetVersion(&major, &minor, &revision);
  return "GLFW " + std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(revision);
}

}  // namespace figment::lab
