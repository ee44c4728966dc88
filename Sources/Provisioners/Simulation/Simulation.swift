import Domain
import Foundation

/// The simulation as one transaction of the store sees it.
struct Simulation {
    /// How many rows stand for all names that can be locked.
    private static let lockCount: UInt64 = 256

    let rows: any Transaction
    let world: World
    let now: Timestamp

    init(_ rows: any Transaction, _ world: World) {
        self.rows = rows
        self.world = world
        now = world.now()
    }

    func newID() -> String { world.newID().uuid }

    /// Until the transaction is over nobody else works under these names, whether there are rows of them or not.
    /// All at once, and before any row is locked: so nobody waits in a circle.
    func lock(_ names: some Sequence<String>) throws {
        let numbers = Set(names.map { Chance.number(of: $0) % Self.lockCount })
        for number in numbers.sorted() {
            try rows.put(SimulatedRow(name: "lock/\(number)", body: "{}"))
        }
    }

    func resource(_ id: String, lockingIt: Bool = false) throws -> SimulatedResource? {
        try read(SimulatedResource.self, SimulatedResource.row(id), lockingIt: lockingIt)
    }

    /// The resource that has a name: a domain's, a number's, an address's.
    func holder(of claim: String) throws -> String? {
        try rows.simulated(claim, lockingIt: false)?.body
    }

    func read<Thing: Decodable>(_: Thing.Type, _ name: String, lockingIt: Bool = false) throws -> Thing? {
        try rows.simulated(name, lockingIt: lockingIt).map { try $0.read(Thing.self) }
    }

    /// Every row whose name begins so, page by page, until `visit` answers false.
    func each(beginning prefix: String, after name: String = "", _ visit: (SimulatedRow) throws -> Bool) throws {
        let page = 200
        var last = name
        while true {
            let found = try rows.simulated(beginning: prefix, after: last, limit: page)
            for row in found where try !visit(row) { return }
            guard found.count == page, let end = found.last else { return }
            last = end.name
        }
    }

    func apply(_ effect: Effect) throws {
        try effect.puts.forEach(rows.put)
        try effect.removals.forEach(rows.removeSimulated)
        try effect.news.forEach(tell)
    }

    /// In the books of the account whose service it is. These come last: whoever has them open waits for nothing here.
    func tell(_ news: ResourceNews) throws {
        try Books.write(of: news.resource.account, in: rows, at: now) { books in
            books.tell(news.type, of: ID(uuid: news.resource.id), by: "provider", news.details)
        }
    }
}

/// What an action does: everything of it or, where it is refused before, nothing.
struct Effect {
    var outputs: JSONValue = [:]
    var secrets: JSONValue = .null
    var puts: [SimulatedRow] = []
    var removals: [String] = []
    var news: [ResourceNews] = []
}

/// Something that happens to a resource without its owner's doing.
struct ResourceNews {
    /// As events name it: `phone.message.received`.
    let type: String
    let resource: SimulatedResource
    let details: JSONValue
}

extension SimulatedRow {
    init(name: String, _ thing: some Encodable) throws {
        self.init(name: name, body: try thing.storedJSON())
    }

    func read<Thing: Decodable>(_: Thing.Type) throws -> Thing {
        do {
            return try JSONDecoder().decode(Thing.self, from: Data(body.utf8))
        } catch {
            throw Refusal(.unsupported, "This version cannot read what the simulation stored.")
        }
    }
}
