// fusewire-gui: the viewer.
#include "gui/views/appearance.h"
#include "gui/views/main_window.h"

#include <QApplication>
#include <QCommandLineParser>
#include <algorithm>
#include <cstdio>
#include <span>
#include <string_view>

namespace fusewire::gui {
namespace {

constexpr int wrong_usage = 2;

struct Options {
    QCommandLineOption filter{"Y", "Show only what the display filter selects.", "FILTER"};
    QCommandLineOption follow{"follow", "Also show what is written into FILE later."};
    QCommandLineOption appearance{"appearance", "Colours: light, dark, or as the desktop has them.",
                                  "NAME", "desktop"};
};

void nameProgram() {
    QCoreApplication::setOrganizationName("fusewire");
    QCoreApplication::setApplicationName("fusewire-gui");
    QCoreApplication::setApplicationVersion(FUSEWIRE_VERSION);
}

void describe(QCommandLineParser& parser, const Options& options) {
    parser.setApplicationDescription("Shows captures of the FUSE protocol in a window.");
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument("FILE", "A capture to open; - is standard input.", "[FILE]");
    parser.addOptions({options.filter, options.follow, options.appearance});
}

// Help is for those too who have no display.
bool asksForHelp(std::span<char* const> arguments) {
    constexpr std::string_view asking[] = {"-h", "--help", "--help-all", "-v", "--version"};
    return std::ranges::any_of(arguments, [&](std::string_view argument) {
        return std::ranges::find(asking, argument) != std::end(asking);
    });
}

int help(int argc, char** argv) {
    const QCoreApplication application(argc, argv);
    nameProgram();
    QCommandLineParser parser;
    describe(parser, {});
    parser.process(application);
    return 0;
}

int show(int argc, char** argv) {
    QApplication application(argc, argv);
    nameProgram();
    QApplication::setApplicationDisplayName("fusewire");
    QApplication::setDesktopFileName("fusewire-gui");
    const Options options;
    QCommandLineParser parser;
    describe(parser, options);
    parser.process(application);
    const QStringList files = parser.positionalArguments();
    if (files.size() > 1) {
        std::fputs("fusewire-gui: one FILE at a time\n", stderr);
        return wrong_usage;
    }
    if (!setAppearance(application, parser.value(options.appearance))) {
        std::fputs("fusewire-gui: --appearance takes light, dark or desktop\n", stderr);
        return wrong_usage;
    }
    MainWindow window;
    window.show();
    if (!files.isEmpty())
        window.openFile(files.first(), parser.isSet(options.follow) ? Follow::yes : Follow::no);
    if (parser.isSet(options.filter))
        window.setFilter(parser.value(options.filter));
    return QApplication::exec();
}

} // namespace
} // namespace fusewire::gui

int main(int argc, char** argv) {
    using namespace fusewire::gui;
    return asksForHelp({argv, static_cast<std::size_t>(argc)}) ? help(argc, argv)
                                                               : show(argc, argv);
}
