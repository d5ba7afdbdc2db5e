// Names that a text gives to values, and its macros.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "samples/builder/lexer.h"

namespace fusewire::samples {

// Some of the tokens of one file; a copy is cheap and keeps the file's tokens alive.
struct TokenRange {
    std::shared_ptr<const std::vector<Token>> tokens;
    std::size_t begin = 0;
    std::size_t end = 0;
};

struct Macro {
    struct Parameter {
        std::string name;
        bool has_default = false;
        Token value; // the default
    };
    std::vector<Parameter> parameters;
    TokenRange body;
};

class Scope {
  public:
    explicit Scope(Scope* outer = nullptr) : outer_(outer) {}

    const Token* find(const std::string& name) const;
    void bind(const std::string& name, Token value) { values_[name] = std::move(value); }
    // Changes the innermost binding of the name, or makes one in the outermost scope.
    void set(const std::string& name, Token value);

    const Macro* find_macro(const std::string& name) const;
    void define(const std::string& name, Macro macro) { macros_[name] = std::move(macro); }

    std::vector<std::string> names() const;
    std::vector<std::string> macro_names() const;

  private:
    Scope* outer_;
    std::map<std::string, Token> values_;
    std::map<std::string, Macro> macros_;
};

} // namespace fusewire::samples
