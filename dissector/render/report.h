// The report of a whole capture: text for people, JSON for programs, SARIF 2.1.0 and JUnit XML for
// what shows the results of builds.
#pragma once

#include "dissector/report.h"

#include <string>

namespace fusewire {

struct ReportStyle {
    bool color = false;
    bool all = false;                // every place of a finding, not only the first few
    Severity least = Severity::warn; // what was asked for
};

// Groups with their places, then one line that sums up.
void append_text(std::string& out, const CheckReport& report, const ReportStyle& style);

// One object, as docs/schema.json describes it.
void append_json(std::string& out, const CheckReport& report);

// `file`: the capture, as it was named.
void append_sarif(std::string& out, const CheckReport& report, const std::string& file,
                  const std::string& version);

// A test case for each rule, failed by its findings.
void append_junit(std::string& out, const CheckReport& report, const std::string& file);

} // namespace fusewire
