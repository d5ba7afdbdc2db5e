#include "samples/builder/scope.h"

namespace fusewire::samples {

const Token* Scope::find(const std::string& name) const {
    for (const Scope* scope = this; scope != nullptr; scope = scope->outer_)
        if (const auto found = scope->values_.find(name); found != scope->values_.end())
            return &found->second;
    return nullptr;
}

void Scope::set(const std::string& name, Token value) {
    Scope* scope = this;
    while (scope->outer_ != nullptr && scope->values_.find(name) == scope->values_.end())
        scope = scope->outer_;
    scope->values_[name] = std::move(value);
}

const Macro* Scope::find_macro(const std::string& name) const {
    for (const Scope* scope = this; scope != nullptr; scope = scope->outer_)
        if (const auto found = scope->macros_.find(name); found != scope->macros_.end())
            return &found->second;
    return nullptr;
}

std::vector<std::string> Scope::names() const {
    std::vector<std::string> names;
    for (const Scope* scope = this; scope != nullptr; scope = scope->outer_)
        for (const auto& [name, value] : scope->values_)
            names.push_back(name);
    return names;
}

std::vector<std::string> Scope::macro_names() const {
    std::vector<std::string> names;
    for (const Scope* scope = this; scope != nullptr; scope = scope->outer_)
        for (const auto& [name, macro] : scope->macros_)
            names.push_back(name);
    return names;
}

} // namespace fusewire::samples
