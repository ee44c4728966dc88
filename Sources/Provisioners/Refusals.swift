import Domain

/// What provisioners refuse, by the names that programs know.
extension Refusal {
    static func unsupported(_ action: ManagementAction, by thing: String) -> Refusal {
        Refusal(
            .unsupported, "\(action.name) is nothing that can be done with \(thing).",
            code: "capability_unsupported")
    }

    static func input(_ field: String, _ message: String) -> Refusal {
        Refusal(.invalid, message, field: field, code: "invalid_input")
    }

    static func unavailable(_ field: String, _ message: String) -> Refusal {
        Refusal(.conflict, message, field: field, code: "item_unavailable")
    }

    static func missing(_ field: String, _ message: String) -> Refusal {
        Refusal(.notFound, message, field: field, code: "not_found")
    }

    static func conflict(_ code: String, _ message: String) -> Refusal {
        Refusal(.conflict, message, code: code)
    }
}
