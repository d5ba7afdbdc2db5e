#include "tests/gui/desktop/desktop.h"

#include <gtest/gtest.h>

#include <QApplication>
#include <QFile>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
    constexpr int skipped = 77;
    ::testing::InitGoogleTest(&argc, argv);
    if (::testing::GTEST_FLAG(list_tests))
        return RUN_ALL_TESTS();
    if (const auto why = fusewire::gui::Desktop::start()) {
        std::printf("%s\n", qPrintable(*why));
        return qgetenv("FUSEWIRE_REQUIRE_LIVE") == "1" ? EXIT_FAILURE : skipped;
    }
    QStandardPaths::setTestModeEnabled(true);
    // Also for the programs that tests start.
    const QTemporaryDir settings;
    qputenv("XDG_CONFIG_HOME", QFile::encodeName(settings.path()));
    QApplication application(argc, argv);
    QApplication::setApplicationName("fusewire-gui-test");
    return RUN_ALL_TESTS();
}
