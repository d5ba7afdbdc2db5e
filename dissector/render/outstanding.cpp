#include "dissector/render/outstanding.h"

#include "dissector/escape.h"
#include "dissector/opcodes.h"
#include "dissector/render/json_object.h"
#include "dissector/render/paint.h"
#include "dissector/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <iterator>
#include <limits>
#include <string_view>

namespace fusewire {

namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t long_ns = second, very_long_ns = 10 * second; // from here on in colour

std::string escaped(std::string_view text) {
    std::string out;
    append_escaped(out, text);
    return out;
}

std::uint32_t number_of(ConnId conn) {
    return static_cast<std::uint32_t>(conn);
}

// The two largest units that it has.
std::string in_words(std::int64_t ns) {
    const std::int64_t s = ns / second;
    if (s < 1)
        return fmt::format("{} ms", ns / 1'000'000);
    if (s < 60)
        return fmt::format("{:.1f} s", static_cast<double>(ns / 100'000'000) / 10);
    if (s < 3600)
        return fmt::format("{} min {} s", s / 60, s % 60);
    if (s < 86400)
        return fmt::format("{} h {} min", s / 3600, s / 60 % 60);
    return fmt::format("{} d {} h", s / 86400, s / 3600 % 24);
}

std::string age_text(const OutstandingRequest& request, const OutstandingScene& scene) {
    const auto age = age_of(request, scene);
    if (!age)
        return request.began_unseen ? "old" : "-";
    return (request.began_unseen ? "> " : "") + in_words(*age);
}

Paint age_paint(const OutstandingRequest& request, const OutstandingScene& scene) {
    const std::int64_t age = age_of(request, scene).value_or(0);
    return age >= very_long_ns ? Paint::bad : age >= long_ns ? Paint::caution : Paint::plain;
}

std::string name_of(const Opcode* opcode, std::uint32_t number) {
    return opcode != nullptr ? std::string(opcode->name) : fmt::format("opcode {}", number);
}

std::string reader_text(const OutstandingRequest& request) {
    constexpr const char* words[] = {"?", "nobody", "somebody"};
    if (request.read_by != ReadBy::thread)
        return words[static_cast<std::size_t>(request.read_by)];
    return fmt::format("{}/{}", request.server_pid, request.server_tid);
}

std::string node_text(const OutstandingRequest& request, const OutstandingScene& scene) {
    const std::string path = scene.path_of ? scene.path_of(request.conn, request.nodeid) : "";
    return path.empty() || path.front() == '?'
               ? fmt::to_string(request.nodeid)
               : fmt::format("{} {}", request.nodeid, escaped(path));
}

const char* plural(std::uint64_t count) {
    return count == 1 ? "" : "s";
}

class OutstandingText {
  public:
    OutstandingText(std::string& out, const OutstandingScene& scene, const OutstandingStyle& style)
        : out_(out), scene_(scene), style_(style) {}

    void table() {
        head();
        const std::size_t room = room_for_requests();
        const auto requests = scene_.requests.oldest(room);
        if (!requests.empty())
            line(Paint::dim,
                 fmt::format("{:>12} {:>5} {:<13} {:>8} {:>8} {:>6} {:<15} {}", "age", "conn",
                             "opcode", "unique", "asked by", "uid", "read by", "node, arguments"));
        for (const OutstandingRequest* request : requests)
            row(*request);
        if (const std::size_t more = scene_.requests.size() - requests.size(); more != 0)
            line(Paint::dim, fmt::format("and {} more", more));
        if (scene_.requests.dropped() != 0)
            line(Paint::bad,
                 fmt::format("and {} more were too many to be kept", scene_.requests.dropped()));
    }

  private:
    static constexpr std::size_t lines_around_requests = 3; // titles, "and more", "too many"

    void head() {
        const OutstandingRequests& requests = scene_.requests;
        std::string text = scene_.now_ns ? local_time(*scene_.now_ns) + "  " : std::string();
        text += fmt::format("{} unanswered, {} message{}, {} lost", requests.size(),
                            scene_.messages, plural(scene_.messages), scene_.lost);
        if (requests.answered_unseen() != 0)
            text += fmt::format(", {} answered unseen", requests.answered_unseen());
        line(scene_.lost != 0 ? Paint::bad : Paint::name, text);
        const auto most = style_.height == 0 ? scene_.connections.size() : style_.height / 3;
        for (const Connection& connection :
             scene_.connections.first(std::min(most, scene_.connections.size())))
            about(connection);
        if (most < scene_.connections.size())
            line(Paint::dim,
                 fmt::format("and {} more connections", scene_.connections.size() - most));
    }

    void about(const Connection& connection) {
        std::string text = fmt::format("connection {}", number_of(connection.conn));
        if (!connection.mount_point.empty())
            text += fmt::format(" {}", escaped(connection.mount_point));
        if (!connection.server_name.empty() || connection.server_pid != 0)
            text += fmt::format(", server {} {}", escaped(connection.server_name),
                                connection.server_pid);
        line(Paint::plain,
             fmt::format("{}: {} unanswered", text, scene_.requests.count_on(connection.conn)));
    }

    std::size_t room_for_requests() const {
        if (style_.height == 0)
            return std::numeric_limits<std::size_t>::max();
        const std::size_t taken = lines_ + lines_around_requests;
        return style_.height > taken + 1 ? style_.height - taken : 1;
    }

    void row(const OutstandingRequest& request) {
        const OutstandingWords words = words_of(request, scene_);
        begin();
        put(age_paint(request, scene_), fmt::format("{:>12}", words.age));
        put(Paint::plain, fmt::format(" {:>5} ", number_of(request.conn)));
        put(Paint::request, fmt::format("{:<13}", words.opcode));
        put(Paint::plain, fmt::format(" {:>8} {:>8} {:>6} ", request.unique, request.pid,
                                      static_cast<std::int32_t>(request.uid)));
        put(request.read_by == ReadBy::nobody ? Paint::bad : Paint::plain,
            fmt::format("{:<15}", words.read_by));
        put(Paint::plain, fmt::format(" {}{}", words.node, request.text));
        if (request.interrupt_frame != 0)
            put(Paint::caution, " (interrupted)");
        if (request.refused_frame != 0)
            put(Paint::bad, fmt::format(" (reply in frame {} refused)", request.refused_frame));
        end();
    }

    void line(Paint paint, std::string_view text) {
        begin();
        put(paint, text);
        end();
    }

    void begin() { room_ = style_.width == 0 ? std::string::npos : style_.width; }
    void put(Paint paint, std::string_view text) {
        const std::string_view shown = first_characters(text, room_);
        room_ -= count_characters(shown);
        const Painted painted(out_, style_.color, paint);
        out_ += shown;
    }
    void end() {
        out_ += '\n';
        ++lines_;
    }

    static std::string local_time(std::int64_t time_ns) {
        const std::time_t seconds = time_ns / second;
        std::tm local{};
        localtime_r(&seconds, &local);
        return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", local.tm_year + 1900,
                           local.tm_mon + 1, local.tm_mday, local.tm_hour, local.tm_min,
                           local.tm_sec);
    }

    std::string& out_;
    const OutstandingScene& scene_;
    const OutstandingStyle& style_;
    std::size_t room_ = 0;  // columns left in this line
    std::size_t lines_ = 0; // written
};

void signed_or_null(JsonObject& object, std::string_view name, std::optional<std::int64_t> value) {
    value ? object.signed_number(name, *value) : object.null(name);
}

void append_operation(JsonObject& object, const Opcode* opcode, std::uint32_t number) {
    object.text("opcode", opcode != nullptr ? std::string(opcode->name) : fmt::to_string(number));
    object.number("opcode_number", number);
}

void append_operations(std::string& out, const OutstandingRequest& request) {
    JsonArray array(out);
    for (const OutstandingOperation& operation : request.operations) {
        JsonObject object(array.element());
        append_operation(object, operation.opcode, operation.opcode_number);
        object.close();
    }
    array.close();
}

void append_request_json(std::string& out, const OutstandingRequest& request,
                         const OutstandingScene& scene) {
    constexpr const char* readers[] = {"unknown", "nobody", "somebody", "thread"};
    JsonObject object(out);
    object.number("conn", number_of(request.conn));
    object.number("frame", request.frame);
    object.number("unique", request.unique);
    append_operation(object, request.opcode, request.opcode_number);
    append_operations(object.key("sub"), request);
    object.number("nodeid", request.nodeid);
    object.text("path", scene.path_of ? scene.path_of(request.conn, request.nodeid) : "");
    object.text("arguments", std::string_view(request.text).substr(request.text.empty() ? 0 : 1));
    object.number("pid", request.pid);
    object.number("uid", request.uid);
    signed_or_null(object, "since_ns", request.since_ns);
    signed_or_null(object, "age_ns", age_of(request, scene));
    object.boolean("began_unseen", request.began_unseen);
    object.text("read_by", readers[static_cast<std::size_t>(request.read_by)]);
    object.number("server_pid", request.server_pid);
    object.number("server_tid", request.server_tid);
    object.number_or_null("interrupt_frame", request.interrupt_frame);
    object.number_or_null("refused_frame", request.refused_frame);
    object.close();
}

void append_connections(std::string& out, const OutstandingScene& scene) {
    JsonArray array(out);
    for (const Connection& connection : scene.connections) {
        JsonObject object(array.element());
        object.number("conn", number_of(connection.conn));
        object.text("mount_point", connection.mount_point);
        object.text("server_name", connection.server_name);
        object.number("server_pid", connection.server_pid);
        object.text("tier", connection.tier);
        object.number("outstanding", scene.requests.count_on(connection.conn));
        object.close();
    }
    array.close();
}

} // namespace

// Nothing is younger than the moment that it is looked at.
std::optional<std::int64_t> age_of(const OutstandingRequest& request,
                                   const OutstandingScene& scene) {
    std::int64_t age = 0;
    if (!request.since_ns || !scene.now_ns ||
        __builtin_sub_overflow(*scene.now_ns, *request.since_ns, &age))
        return std::nullopt;
    return std::max<std::int64_t>(age, 0);
}

OutstandingWords words_of(const OutstandingRequest& request, const OutstandingScene& scene) {
    OutstandingWords words;
    words.age = age_text(request, scene);
    words.opcode = name_of(request.opcode, request.opcode_number);
    for (const OutstandingOperation& operation : request.operations) {
        words.operations += words.operations.empty() ? "" : ", ";
        words.operations += name_of(operation.opcode, operation.opcode_number);
    }
    words.read_by = reader_text(request);
    words.node = node_text(request, scene);
    words.arguments = request.text.substr(request.text.empty() ? 0 : 1);
    if (request.interrupt_frame != 0)
        words.marks = "interrupted";
    if (request.refused_frame != 0)
        words.marks += fmt::format("{}reply in frame {} refused", words.marks.empty() ? "" : ", ",
                                   request.refused_frame);
    return words;
}

void append_outstanding_text(std::string& out, const OutstandingScene& scene,
                             const OutstandingStyle& style) {
    OutstandingText(out, scene, style).table();
}

void append_outstanding_json(std::string& out, const OutstandingScene& scene) {
    JsonObject object(out);
    signed_or_null(object, "time_ns", scene.now_ns);
    append_connections(object.key("connections"), scene);
    object.key("outstanding");
    JsonArray array(out);
    for (const OutstandingRequest* request : scene.requests.oldest(OutstandingRequests::kept))
        append_request_json(array.element(), *request, scene);
    array.close();
    object.number("dropped", scene.requests.dropped());
    object.number("answered_unseen", scene.requests.answered_unseen());
    object.number("messages", scene.messages);
    object.number("lost", scene.lost);
    object.close();
}

} // namespace fusewire
