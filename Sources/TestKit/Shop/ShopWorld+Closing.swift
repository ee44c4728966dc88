import Domain
import Ledger

/// What must be so at the end: everything has come to an end, nothing is left over, and the books say so however they
/// are read.
extension ShopWorld {
    mutating func close() async throws {
        depots.forEach { $0.calmDown() }
        for mood in depots.flatMap(\.moods) { tally.count("mood \(mood.name)") }
        try await settle()
        try await compareThings()
        try await compareDocuments()
        try await checkBooks()
        try await checkChain()
        try await checkSecrets()
        tally.add(step, to: "commands")
    }

    /// Nothing goes wrong any more; whatever is under way comes to its end.
    private mutating func settle() async throws {
        for round in 1... {
            let jobs = auditor.jobs.values.filter(\.isOpen)
            let ending = auditor.things.values.filter { $0.status == "deprovisioning" }
            let open = auditor.sales.values.filter(\.isOpen)
            if jobs.isEmpty, ending.isEmpty, open.isEmpty { return }
            guard round < 150 else {
                throw ShopAuditor.Complaint("there is no end of \(open.map(\.status)) \(jobs) \(ending)")
            }
            clock.advance(by: .seconds(round < 20 ? 600 : 3600))
            auditor.set(clock: clock.now.milliseconds)
            try await servers[round % servers.count].shop.workOnce()
            var forecast: Forecast?
            try await listen(&forecast, after: nil, .work)
        }
    }

    /// A depot has what services are paid for, each once, and nothing else.
    private func compareThings() async throws {
        let there = depots.filter { !$0.isImmediate }.reduce(into: Set<String>()) { $0.formUnion($1.things.there) }
        let paid = auditor.things.values.filter { thing in
            thing.status != "terminated" && !auditor.wares[thing.order.ware].isImmediate
        }.map(\.id.uuid)
        guard there == Set(paid) else {
            let story = there.symmetricDifference(paid).map { id in
                let status = ID(uuid: id).flatMap { auditor.things[$0]?.status } ?? "unknown"
                return "\(id) is \(status), of \(depots.flatMap { $0.story(of: id) })"
            }
            throw ShopAuditor.Complaint("\(story)")
        }
    }

    private func compareDocuments() async throws {
        let (purchases, services) = try await store.read { rows in
            var page = RecordPage(account: nil)
            page.limit = 100_000
            return (try rows.list(Purchase.self, page), try rows.list(Service.self, page))
        }
        guard Set(purchases.map(\.id)) == Set(auditor.sales.keys), Set(services.map(\.id)) == Set(auditor.things.keys)
        else { throw ShopAuditor.Complaint("there are purchases or services that nobody heard of") }
        for purchase in purchases {
            guard let sale = auditor.sales[purchase.id], purchase.state.status.rawValue == sale.status,
                purchase.total.minor == Int64(sale.offer.total), purchase.opening.status.rawValue == sale.opening,
                purchase.state.refunded.minor == Int64(sale.refunded), purchase.state.status.isTerminal
            else { throw ShopAuditor.Complaint("\(purchase) is not as it was told") }
        }
        for service in services {
            guard let thing = auditor.things[service.id], service.status.rawValue == thing.status,
                service.paidUntil?.milliseconds == thing.paidUntil
            else { throw ShopAuditor.Complaint("\(service) is not as it was told") }
        }
        for quote in auditor.offers.values.compactMap(\.buyer) {
            guard purchases.count(where: { $0.id == quote }) == 1 else { throw ShopAuditor.Complaint("bought twice") }
        }
    }

    /// All transfers once more from the first, in one go and through the ledger's rules, against every balance.
    private func checkBooks() async throws {
        let accounts = accounts
        let (entries, balances) = try await store.read { rows in
            (
                try accounts.flatMap { try rows.entries(of: $0, after: 0, limit: 1_000_000) },
                try rows.balances(account: nil)
            )
        }
        var fold = BookFold()
        _ = try fold.add(entries)
        let again = PaperBook()
        for entry in entries where try Ledger.post([entry.transfer], in: again) != [.posted] {
            throw ShopAuditor.Complaint("\(entry.transfer) is not posted again")
        }
        guard fold.holds.isEmpty else { throw ShopAuditor.Complaint("\(fold.holds.count) holds are left") }
        for row in balances {
            guard BookFold.Side(row.balance) == fold.sides[row.name.text], again.kept[row.name] == row.balance else {
                throw ShopAuditor.Complaint("\(row.name.text) has \(row.balance)")
            }
        }
        guard Set(balances.map(\.name.text)) == Set(fold.sides.keys.filter(BookFold.isKept)) else {
            throw ShopAuditor.Complaint("there is a balance too many or too few")
        }
        let posted = fold.sides.values.reduce(0) { $0 + $1.into - $1.out }
        let pending = fold.sides.values.reduce(0) { $0 + $1.coming - $1.held }
        guard posted == 0, pending == 0 else { throw ShopAuditor.Complaint("sides differ: \(posted), \(pending)") }
    }

    /// What was told once stands nowhere.
    private func checkSecrets() async throws {
        let accounts = accounts
        let texts = try await store.read { rows in
            var page = RecordPage(account: nil)
            page.limit = 1_000_000
            let records = try ["purchase", "operation", "service", "quote"].flatMap { try rows.records(of: $0, page) }
            let told = try accounts.flatMap { account in
                try rows.events(of: account, after: 0, types: nil, limit: 1_000_000).map { "\($0)" }
                    + rows.entries(of: account, after: 0, limit: 1_000_000).map { "\($0.transfer)" }
            }
            return told + records.map(\.body)
        }
        guard !texts.contains(where: { $0.contains("hush-") }) else { throw ShopAuditor.Complaint("a secret is kept") }
    }
}
