import Domain

/// What is told after a command, and what the books say then.
extension ShopWorld {
    /// What all events of a command are read with.
    struct News: Sendable {
        var events: [[ShopEvent]]
        var entries: [[BookEntry]]
    }

    /// - Parameter trouble: of the storage, where it came.
    func compare(
        _ label: String, with forecast: inout Forecast?, after trouble: UnsureStore.Trouble?, _ command: ShopCommand
    ) throws {
        guard let expected = forecast else { return }
        switch trouble {
        case .losesAnswer? where label == "storage":
            tally.count("answer storage")
            return
        case .fails?, .dies?:
            guard label == "storage" else { throw ShopAuditor.Complaint("answered \(label)") }
            if !expected.mayGoOn { forecast = nil }
            return
        case nil, .losesAnswer?: break
        }
        guard expected.labels.contains(label) else {
            throw ShopAuditor.Complaint("answered \(label), not \(expected.labels.sorted())")
        }
        tally.count(command.isCounting ? "answer \(label)" : "answer wallet")
    }

    mutating func listen(
        _ forecast: inout Forecast?, after trouble: UnsureStore.Trouble?, _ command: ShopCommand
    ) async throws {
        let news = try await news()
        var told: [String] = []
        for (account, events) in news.events.enumerated() {
            for event in events {
                heard[account] += 1
                guard event.sequence == heard[account] else {
                    throw ShopAuditor.Complaint("event \(event.sequence) comes after \(heard[account] - 1)")
                }
                told.append(event.type)
                try await hear(event, account, &forecast)
            }
        }
        try check(told, forecast, trouble, command)
        if let forecast, trouble == nil || !told.isEmpty { auditor.learn(forecast) }
        let touched = try ledger.add(news.entries.joined())
        try await check(touched)
    }

    private func check(
        _ told: [String], _ forecast: Forecast?, _ trouble: UnsureStore.Trouble?, _ command: ShopCommand
    ) throws {
        if case .work = command { return }
        let expected = forecast?.events ?? []
        if forecast?.mayGoOn == true {
            guard trouble != nil || told.starts(with: expected) else {
                throw ShopAuditor.Complaint("told \(told), not \(expected)")
            }
        } else if told != expected {
            throw ShopAuditor.Complaint("told \(told), not \(expected)")
        }
    }

    private func news() async throws -> News {
        let (accounts, heard, numbers) = (accounts, heard, ledger.numbers)
        return try await store.read { rows in
            News(
                events: try accounts.indices.map { place in
                    try rows.events(of: accounts[place], after: heard[place], types: nil, limit: 10_000)
                },
                entries: try accounts.map { account in
                    try rows.entries(of: account, after: numbers[account] ?? 0, limit: 10_000)
                })
        }
    }

    private mutating func hear(_ event: ShopEvent, _ account: Int, _ forecast: inout Forecast?) async throws {
        var renewal: ShopAuditor.Renewal?
        if event.actor == "renewal", let id = event.subject, auditor.sales[id] == nil, event.type.hasPrefix("purchase")
        {
            renewal = try await self.renewal(id)
        }
        let (depots, wares) = (depots, auditor.wares)
        let edge = try auditor.hear(event, in: account, &forecast, renewal: renewal) { sale in
            let token = OperationToken(sale.id, sale.offer.extending?.action ?? "provision")
            let depot = depots.first { $0.kind == wares[sale.offer.order.ware].depot }
            return depot?.has(token).map { ($0.mood, $0.isDone) }
        }
        if let edge { tally.count("edge \(edge)") }
    }

    private func renewal(_ id: ID) async throws -> ShopAuditor.Renewal? {
        let record = try await store.read { try $0.find(Purchase.self, id) }
        return record?.quote.extending.map {
            ShopAuditor.Renewal(service: $0.service, periods: Int($0.action.input["periods"]?.integer ?? 0))
        }
    }
}
