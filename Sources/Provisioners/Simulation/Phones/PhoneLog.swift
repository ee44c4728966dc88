import Domain

/// The messages and calls of a number, newest first.
struct PhoneLog {
    let resource: String
    let simulation: Simulation

    /// The end of a row's name: ids begin with their time, and rows come in the order of their names.
    static func place(of id: String) -> String {
        ID(uuid: id).map { ID(high: ~$0.high, low: ~$0.low).uuid } ?? id
    }

    func answer(_ input: ActionInput) throws -> JSONValue {
        switch input.action.name {
        case "phone_message_get":
            let id = try input.text("messageId", most: 64)
            guard let found = try simulation.read(PhoneMessage.self, PhoneMessage.row(id, of: resource)) else {
                throw Refusal.missing("messageId", "messageId: there is no message \(id).")
            }
            return found.json
        case "phone_message_list":
            return try page(input, "messages", PhoneMessage.row("", of: resource)) {
                try $0.read(PhoneMessage.self).json
            }
        case "phone_missed_call_list":
            return try page(input, "calls", PhoneCall.row("", of: resource)) { row in
                let call = try row.read(PhoneCall.self)
                return call.isMissed ? call.json : nil
            }
        default:
            return try page(input, "calls", PhoneCall.row("", of: resource)) { try $0.read(PhoneCall.self).json }
        }
    }

    /// - Parameter shown: nil for a row that is passed over.
    private func page(
        _ input: ActionInput, _ name: String, _ prefix: String, _ shown: (SimulatedRow) throws -> JSONValue?
    ) throws -> JSONValue {
        let limit = try Int(input.integer("limit", 1...200, usually: 50))
        var found: [JSONValue] = []
        var last: String?
        var hasMore = false
        let oldest = try oldest(input).map { prefix + $0 }
        try simulation.each(beginning: prefix, after: prefix + beginning(input)) { row in
            if let oldest, row.name > oldest { return false }
            guard let json = try shown(row) else { return true }
            guard found.count < limit else {
                hasMore = true
                return false
            }
            found.append(json)
            last = String(row.name.dropFirst(prefix.count))
            return true
        }
        return [name: .array(found), "nextCursor": JSONValue(hasMore ? last : nil)]
    }

    /// The place that the page begins after.
    private func beginning(_ input: ActionInput) throws -> String {
        guard let cursor = try input.optionalText("cursor", most: 64) else { return "" }
        guard ID(uuid: cursor) != nil else { throw input.refusal("cursor", "is none of this list.") }
        return cursor
    }

    /// The last place that is asked for.
    private func oldest(_ input: ActionInput) throws -> String? {
        try input.moment("since").map { since in
            Self.place(of: ID(high: UInt64(bitPattern: max(since.milliseconds, 0)) << 16, low: 0).uuid)
        }
    }
}
