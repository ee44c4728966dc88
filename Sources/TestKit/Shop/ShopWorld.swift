package import Domain
import Ledger
import Logging

/// A shop in a world of its own: two servers on one store, depots with moods, a clock moved to and fro, a crowd
/// of people, and an auditor who knows what must come of it. All of it comes of a seed.
package struct ShopWorld {
    /// One server, as long as it lives.
    struct Server {
        let store: UnsureStore
        let shop: Shop
    }

    let seed: UInt64
    let store: any Store
    let tally: Tally
    let clock: SetClock
    let logger = Logger(label: "world") { _ in SwiftLogNoOpLogHandler() }
    let world: World
    let depots: [Depot]
    let accounts: [ID]
    let keys: [ID]
    var servers: [Server] = []
    var auditor: ShopAuditor
    var crowd: Crowd
    var dice: Dice
    var ledger = BookFold()
    var heard: [Int64] = [0, 0]
    var step = 0

    private let isTold: Bool

    /// - Parameters:
    ///   - store: an empty one.
    ///   - isTold: whether every command is printed, for looking at a world again.
    package init(seed: UInt64, on store: any Store, tally: Tally, isTold: Bool = false) async throws {
        self.isTold = isTold
        let clock = SetClock()
        let world = clock.world(seed: seed ^ 0xC4A9CE)
        (self.seed, self.store, self.tally, self.clock, self.world) = (seed, store, tally, clock, world)
        dice = Dice(seed: seed)
        crowd = Crowd(dice: Dice(seed: seed ^ 0xC0FFEE))
        auditor = ShopAuditor(now: clock.now.milliseconds)
        depots = Ware.depots.map { kind in
            Depot(kind, reality: kind == "yard" ? .real : .simulated, isImmediate: kind == "instant") { token in
                Mood.of(token, seed: seed)
            }
        }
        accounts = [
            try await Accounts(store: store, world: world).add(name: "harbour"),
            try await Accounts(store: store, world: world).add(name: "hill"),
        ].map(\.id)
        keys = (0..<5).map { _ in world.newID() }
        try await prepare()
    }

    private mutating func prepare() async throws {
        let (people, accounts, keys, now) = (Person.all, accounts, keys, clock.now)
        try await store.write { rows in
            for person in people {
                guard let key = person.key, let agent = person.agent else { continue }
                try rows.put(
                    AgentKey(
                        id: keys[key], account: accounts[person.account], agent: agent, secretHash: [],
                        scopes: Capability.all, isTest: person.isTest, createdAt: now))
            }
            try rows.raiseRevision()
        }
        servers = (0..<2).map { _ in server() }
        for ware in Ware.all { try await servers[0].shop.put(item: ware.item, by: buyer(Person.all[0])) }
        heard[0] = Int64(Ware.all.count)
    }

    func server() -> Server {
        let store = UnsureStore(store)
        let shop = Shop(
            store: store, world: world, directory: Directory(store: store, configured: []), provisioners: depots,
            logger: logger)
        return Server(store: store, shop: shop)
    }

    /// Everything that can become of a purchase and of a change of a service, as it is tallied.
    package static var edges: [String] {
        func names(_ kind: String, _ edges: [String: [String]]) -> [String] {
            edges.flatMap { from, all in all.map { "edge \(kind)\(from.isEmpty ? "new" : from) > \($0)" } }
        }
        return (names("", ShopAuditor.edges) + names("job ", ShopAuditor.jobEdges)).sorted()
    }

    /// Where each account's chain ends.
    package func heads() async throws -> [BookHead] {
        let accounts = accounts
        return try await store.read { rows in try accounts.map { try rows.bookHead(of: $0) } }
    }

    /// Runs so many commands, and looks after all that is left.
    /// - Throws: a discrepancy at the first thing that is not as it must be.
    package mutating func run(commands: Int) async throws {
        for _ in 0..<commands {
            step += 1
            let command = crowd.next(auditor, at: clock.now.milliseconds)
            do {
                try await carryOut(command)
            } catch {
                throw Discrepancy(seed: seed, step: step, "\(command): \(error)")
            }
        }
        do {
            try await close()
        } catch {
            throw Discrepancy(seed: seed, step: step, "at the end: \(error)")
        }
    }

    /// A command on one of the servers, whose storage sometimes fails.
    private mutating func carryOut(_ command: ShopCommand) async throws {
        tally.count("command \(command.name)")
        if case .clock(let milliseconds) = command {
            clock.advance(by: .milliseconds(milliseconds))
            return auditor.set(clock: clock.now.milliseconds)
        }
        let place = dice.below(servers.count)
        if case .restart = command { return try await restart(place) }
        let trouble = command.mayFail && dice.chance(8) ? trouble(for: command) : nil
        servers[place].store.expect(trouble)
        var forecast = forecast(command)
        let label = await label(of: command, on: servers[place].shop)
        if isTold { print(step, place, command, label, trouble.map { "\($0)" } ?? "") }
        let isReached = trouble != nil && !servers[place].store.isExpecting
        servers[place].store.expect(nil)
        if isReached { tally.count("trouble \(trouble.map { "\($0)".prefix { $0 != "(" } } ?? "")") }
        let reached = isReached ? trouble : nil
        try compare(label, with: &forecast, after: reached, command)
        try await listen(&forecast, after: reached, command)
        if servers[place].store.isDead { try await restart(place) }
    }

    private mutating func trouble(for command: ShopCommand) -> UnsureStore.Trouble {
        let most: Int
        switch command {
        case .work: most = 4
        case .job: most = 2
        default: most = 1
        }
        let after = dice.below(most)
        return dice.pick([.fails(after: after), .losesAnswer(after: after), .dies(after: after)])
    }

    /// What it knew is lost, and what it had taken is due again.
    private mutating func restart(_ place: Int) async throws {
        servers[place] = server()
        if dice.chance(50) { try await servers[place].shop.settleLeftovers() }
    }

    func buyer(_ person: Person) -> Buyer {
        let account = accounts[person.account]
        let role: Buyer.Role =
            switch person.role {
            case .owner: .owner(key: nil)
            case .agent: .agent(label: person.agent ?? "", key: keys[person.key ?? 0])
            case .renewal: .renewal(agent: person.agent, key: person.key.map { keys[$0] })
            }
        return Buyer(account: account, role: role, scopes: Set(Capability.all), isTest: person.isTest)
    }

    func depot(of order: Order) -> Depot { depots.first { $0.kind == auditor.wares[order.ware].depot } ?? depots[0] }

    func token(_ sale: ShopAuditor.Sale) -> OperationToken {
        OperationToken(sale.id, sale.offer.extending?.action ?? "provision")
    }
}
