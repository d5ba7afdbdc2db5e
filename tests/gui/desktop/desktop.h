// A desktop for tests that need a real window: an X server that shows nothing to anybody, a window
// manager on it, hands that move its mouse and keyboard, and eyes that take pictures of it.
#pragma once

#include <QString>
#include <QStringList>
#include <QWidget>
#include <functional>
#include <optional>

namespace fusewire::gui {

class Desktop {
  public:
    // Starts it, and sets DISPLAY. Why it could not; nullopt: it runs, until this process ends.
    static std::optional<QString> start();

    // With xdotool, while the window's events go on. Points are those of the widget.
    static void click(const QWidget& widget, const QPoint& point, int button = 1);
    static void press(const QString& key); // as xdotool spells it: "ctrl+slash"
    static void type(const QString& text);

    // Makes the window the one that has the keyboard.
    static void activate(QWidget& window);
    // Of all that is on the screen, as NAME.png in FUSEWIRE_SCREENSHOTS, if that is set.
    static void takePicture(const QString& name);

  private:
    static void run(const QString& program, const QStringList& arguments);
};

} // namespace fusewire::gui
