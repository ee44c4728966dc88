import Ledger
import Logging
import Synchronization

/// Having answers paid when they are over.
extension ModelRouter {
    /// What a run has come to, as far as it matters to who pays.
    struct Delivered: Sendable {
        var run: Run
        /// Whether anything came from the model's server, and how many bytes.
        var hasBegun = false
        var bytes = 0
    }

    /// Has an answer paid that is over, by what its run says; the same however often it is called, by whomever.
    /// - Returns: the generation; nil where there is none, or its run goes on.
    @discardableResult
    package func pay(_ id: ID) async throws -> Generation? {
        let task = paying.withLock { tasks in
            if let task = tasks[id] { return task }
            let task = Task {
                defer { paying.withLock { $0[id] = nil } }
                return try await settle(id)
            }
            tasks[id] = task
            return task
        }
        return try await task.value
    }

    func noteEnd(of id: ID) async {
        do {
            _ = try await pay(id)
        } catch {
            // It is looked after later.
            logger.warning("An answer could not be paid", metadata: ["run": "\(id)", "cause": "\(error)"])
        }
    }

    private func settle(_ id: ID) async throws -> Generation? {
        let found = try await store.read { rows -> (Generation, Delivered?)? in
            guard let generation = try rows.find(Generation.self, id) else { return nil }
            guard generation.status == .open else { return (generation, nil) }
            return (generation, try Self.delivered(id, in: rows))
        }
        guard let (generation, delivered) = found, generation.status == .open else { return found?.0 }
        if let delivered, !delivered.run.status.isOver { return nil }
        let (now, ids) = (world.now(), (0..<4).map { _ in world.newID() })
        return try await store.writeTogether(as: generation.account) { rows in
            try Books.write(of: generation.account, in: rows, at: now) { books in
                guard let open = try rows.find(Generation.self, id), open.status == .open else {
                    return try rows.find(Generation.self, id)
                }
                return try Self.end(open, Bill(open, delivered), at: now, ids, in: books, rows)
            }
        }
    }

    /// - Returns: nil for a run that is not there any more.
    private static func delivered(_ id: ID, in rows: any Transaction) throws -> Delivered? {
        guard let run = try rows.run(id: id, withAnswer: false) else { return nil }
        var delivered = Delivered(run: run)
        guard run.status.isOver, run.usage == nil else { return delivered }
        try rows.eachEvent(of: id) { event in
            switch event.kind {
            case .text(let text), .toolCall(let text), .choices(let text):
                delivered.hasBegun = true
                delivered.bytes += text.utf8.count
            case .usage(let usage): delivered.run.usage = usage
            case .started, .stepStarted, .stepFinished, .finished, .failed, .canceled: break
            }
        }
        return delivered
    }

    private static func end(
        _ open: Generation, _ bill: Bill, at now: Timestamp, _ ids: [ID], in books: Books, _ rows: any Transaction
    ) throws -> Generation {
        var generation = bill.written(on: open)
        generation.endedAt = bill.endedAt ?? now
        generation.dueAt = nil
        try books.post(transfers(generation, at: now, ids)) { transfer, outcome in
            Refusal(.conflict, "A transfer of the generation \(open.id) was refused: \(outcome.rawValue).")
        }
        if generation.overrun > .zero {
            books.tell(
                "router.overrun", of: open.service, by: "router-key:\(open.key.uuid)",
                ["generationId": .string(open.id.uuid), "overrunUsd": .string(generation.overrun.dollars)])
        }
        if generation.cost > .zero, var key = try rows.find(RouterKey.self, open.key) {
            key.spent = key.spent.plus(generation.cost) ?? key.spent
            key.lastUsedAt = generation.endedAt
            try rows.update(key)
        }
        return try rows.update(generation)
    }

    /// Its holds are posted with what it costs, or voided; what it costs above them is nobody's but the store's.
    private static func transfers(_ generation: Generation, at now: Timestamp, _ ids: [ID]) -> [Transfer] {
        let paid = generation.cost.micros
        func transfer(_ id: ID, _ debit: AccountName, _ credit: AccountName, _ amount: Int64) -> Transfer {
            Transfer(
                id: TransferID(id), debit: debit, credit: credit, amount: amount, code: "generation",
                subject: generation.id.uuid, actor: "router-key:\(generation.key.uuid)", at: now.milliseconds)
        }
        var group = zip(generation.holds, ids).map { hold, id in
            let (debit, credit) = (AccountName(hold.debit), AccountName(hold.credit))
            var end = transfer(id, debit, credit, paid > 0 ? paid : hold.amount)
            end.kind = paid > 0 ? .post(TransferID(hold.id)) : .void(TransferID(hold.id))
            return end
        }
        if generation.overrun > .zero, let id = ids.last {
            let isTest = generation.isTest
            let (debit, credit) = (AccountName.overrun(isTest: isTest), AccountName.routerRevenue(isTest: isTest))
            group.append(transfer(id, debit, credit, generation.overrun.micros))
            group[group.count - 1].code = "overrun"
        }
        return group
    }
}

/// What is to be paid for an answer that is over.
private struct Bill {
    private var usage: Usage?
    private var finish: String
    var endedAt: Timestamp?

    /// Tokens that a model's server has counted count as they are. Of an answer that was broken off there is no count:
    /// then the prompt and what was delivered are estimated, and nothing is owed for an answer that never began.
    init(_ generation: Generation, _ delivered: ModelRouter.Delivered?) {
        guard let delivered else {
            finish = Run.Status.failed.rawValue
            return
        }
        let run = delivered.run
        finish = run.finishReason?.rawValue ?? run.status.rawValue
        endedAt = run.endedAt
        usage = run.usage
        if usage == nil, delivered.hasBegun {
            usage = .estimate(inputBytes: generation.promptBytes, outputBytes: delivered.bytes)
        }
    }

    func written(on open: Generation) -> Generation {
        var generation = open
        generation.finishReason = finish
        guard let usage else {
            generation.status = .voided
            return generation
        }
        generation.status = .settled
        generation.inputTokens = usage.inputTokens
        generation.cachedTokens = usage.cachedTokens ?? 0
        generation.outputTokens = usage.outputTokens
        generation.isEstimated = usage.estimated
        let cost = open.prices.cost(
            input: usage.inputTokens, cached: usage.cachedTokens ?? 0, output: usage.outputTokens)
        generation.cost = min(cost, open.bound)
        // An estimate is no loss to anybody.
        if !usage.estimated { generation.overrun = cost.minus(generation.cost) ?? .zero }
        return generation
    }
}
