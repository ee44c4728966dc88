/// The statements that a connection keeps prepared: as many as there is room for, those last used.
struct StatementShelf {
    private struct Place {
        let name: String
        var used: Int
    }

    private let room: Int
    private var places: [String: Place] = [:]
    private var uses = 0

    init(room: Int) {
        self.room = room
    }

    /// The name under which the server knows it; nil if it has to be prepared.
    mutating func name(of sql: String) -> String? {
        uses += 1
        places[sql]?.used = uses
        return places[sql]?.name
    }

    /// Gives it a name that no other had.
    /// - Returns: the name, and that of the statement that has to make room, if one has.
    mutating func add(_ sql: String) -> (name: String, outgoing: String?) {
        let oldest = places.count < room ? nil : places.min { $0.value.used < $1.value.used }
        if let oldest { places[oldest.key] = nil }
        uses += 1
        let name = "s\(uses)"
        places[sql] = Place(name: name, used: uses)
        return (name, oldest?.value.name)
    }

    /// The server did not take it.
    mutating func remove(_ sql: String) {
        places[sql] = nil
    }

    var count: Int { places.count }
}
