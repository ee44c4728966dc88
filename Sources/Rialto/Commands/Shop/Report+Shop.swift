import Domain
import Ledger
import Surfaces
import Wire

/// Things of the shop that are more than one table.
extension Report {
    /// - Parameter lists: members that are lists of objects, each a table of its own below the others.
    private init(whole shown: JSON.Object, lists: [(name: String, columns: [String])]) {
        var plain = shown
        var parts: [String] = []
        for list in lists {
            let rows = shown[list.name]?.array?.compactMap(\.object) ?? []
            plain[list.name] = nil
            if !rows.isEmpty { parts += ["", "\(list.name):", Report(rows, columns: list.columns, none: "").text] }
        }
        // What has members of its own is told with their names.
        for member in plain.members {
            if case .object = member.value { plain[member.key] = .string(member.value.render()) }
        }
        self.init(json: .object(shown), text: ([Report(plain).text] + parts).joined(separator: "\n"))
    }

    init(wholePurchase purchase: Purchase, _ accounts: [ID: String]) {
        self.init(
            whole: Shown.wholePurchase(purchase, accounts), lists: [("trace", Shown.traceColumns)])
    }

    init(wholeApproval approval: Shop.Decided, _ accounts: [ID: String]) {
        self.init(
            whole: Shown.wholeApproval(approval, accounts),
            lists: [("reasons", Shown.traceColumns), ("decisions", ["at", "actor", "decision", "note"])])
    }

    init(wholeItem item: CatalogItem, needs: ItemRequirements?, of provisioners: [any Provisioner]) {
        var shown = Shown.item(item, of: provisioners)
        shown["description"] = .string(item.about)
        shown["refund_policy"] = .string(item.refundPolicy)
        shown["capabilities"] = .array(item.capabilities.map { .string($0) })
        shown["traits"] = JSON(item.traits)
        shown["example"] = needs.map { JSON($0.example) } ?? .null
        shown["fields"] = .array(
            (needs?.fields ?? []).map { field in
                [
                    "field": .string(field.name), "type": .string(field.type), "required": .bool(field.isRequired),
                    "about": .string(field.about), "choices": .array(field.choices.map { .string($0) }),
                ]
            })
        self.init(whole: shown, lists: [("fields", ["field", "type", "required", "about", "choices"])])
    }
}

/// Policies.
extension Report {
    init(policies: [(version: PolicyVersion, budgets: [BudgetStanding])], of account: String) {
        var parts: [String] = []
        var shown: [JSON] = []
        for (version, budgets) in policies {
            let rows = budgets.map(Shown.budget)
            shown.append([
                "subject": .string(version.subject), "version": .integer(version.number),
                "id": .string(version.id.uuid), "set_by": .string(version.actor),
                "set_at": .string(version.createdAt.iso8601), "policy": JSON(version.document),
                "budgets": .array(rows.map { .object($0) }),
            ])
            let set = "\(version.createdAt.iso8601), \(version.actor)"
            let first = "# \(version.subject): version \(version.number), \(set)"
            parts.append(first + "\n" + YAMLText.render(version.document))
            let columns = ["rule", "interval", "limit", "used", "held", "remaining", "resets_at"]
            // Without the budgets it is the policy again, as `policy set` takes it.
            let budgets = Report(rows, columns: columns, none: "").text.split(separator: "\n").map { "# \($0)" }
            if !rows.isEmpty { parts.append(budgets.joined(separator: "\n")) }
        }
        self.init(
            json: .array(shown),
            text: parts.isEmpty
                ? "\(account) has no policy: its agents may buy whatever its wallet can pay."
                : parts.joined(separator: "\n\n"))
    }

    init(_ simulation: Shop.PolicySimulation, of subject: PolicySubject) {
        let rows: [JSON.Object] = simulation.changes.map { change in
            [
                "purchase": .string(change.purchase.uuid), "was": .string(change.was.rawValue),
                "would": .string(change.would.rawValue),
                "because": .string(
                    change.trace.filter { $0.outcome == change.would }.map(\.message).joined(separator: " ")),
                "trace": .array(change.trace.map { .object(Shown.trace($0)) }),
            ]
        }
        let first =
            "Of \(simulation.purchases) purchases of \(subject.account.name), this policy of \(subject.words) would "
            + "have judged \(rows.count) otherwise."
        self.init(
            json: [
                "account": .string(subject.account.name), "subject": .string(subject.subject.text),
                "purchases": .integer(Int64(simulation.purchases)), "changed": .array(rows.map { .object($0) }),
            ],
            text: rows.isEmpty
                ? first
                : first + "\n\n" + Report(rows, columns: ["purchase", "was", "would", "because"], none: "").text)
    }
}

extension Shown {
    static func budget(_ budget: BudgetStanding) -> JSON.Object {
        [
            "rule": .string(budget.rule), "interval": .string(budget.interval.rawValue),
            "counts": budget.limit.isMoney ? "usd" : "purchases", "limit": amount(budget.limit),
            "used": amount(budget.used), "held": amount(budget.held), "remaining": amount(budget.remaining),
            "categories": budget.categories.map { .array($0.map { .string($0) }) } ?? .null,
            "resets_at": text(budget.resetsAt?.iso8601),
        ]
    }

    private static func amount(_ amount: BudgetAmount) -> JSON {
        switch amount {
        case .money(let money): .string(money.dollars)
        case .purchases(let count): .integer(count)
        }
    }
}

extension BudgetAmount {
    fileprivate var isMoney: Bool { if case .money = self { true } else { false } }
}

/// Books.
extension Report {
    init(_ books: ShownBooks) {
        let balances: [JSON.Object] = books.balances.map { name, balance in
            [
                "name": .string(name.text), "available": Shown.amount(balance.available, of: name),
                "debits_posted": .integer(balance.debitsPosted), "debits_pending": .integer(balance.debitsPending),
                "credits_posted": .integer(balance.creditsPosted), "credits_pending": .integer(balance.creditsPending),
            ]
        }
        let transfers = books.entries.map(Shown.entry)
        let head = books.head
        let end = head.hash.isEmpty ? "" : ", the last with the hash \(head.hash.hexadecimal)"
        self.init(
            json: [
                "account": .string(books.account.name), "transfers": .integer(head.sequence),
                "hash": .string(head.hash.hexadecimal), "frozen_at": Shown.text(head.frozenAt?.iso8601),
                "balances": .array(balances.map { .object($0) }), "newest": .array(transfers.map { .object($0) }),
            ],
            text: [
                "\(books.account.name): \(head.sequence) transfers\(end).", "",
                Report(balances, columns: ["name", "available"], none: "There are no balances.").text, "",
                Report(
                    transfers, columns: ["number", "at", "code", "kind", "amount", "debit", "credit", "actor"],
                    none: "There are no transfers."
                ).text,
            ].joined(separator: "\n"))
    }
}

extension Shown {
    /// Money in dollars, and what else is counted as it is.
    static func amount(_ amount: Int64, of name: AccountName) -> JSON {
        [.money, .testMoney].contains(name.unit) ? .string(Money(micros: amount).dollars) : .integer(amount)
    }

    static func entry(_ entry: BookEntry) -> JSON.Object {
        let transfer = entry.transfer
        return [
            "number": .integer(entry.sequence), "id": .string(ID(transfer.id).uuid),
            "at": .string(Timestamp(milliseconds: transfer.at).iso8601), "code": .string(transfer.code),
            "kind": .string(transfer.kind.word), "amount": amount(transfer.amount, of: transfer.debit),
            "debit": .string(transfer.debit.text), "credit": .string(transfer.credit.text),
            "pending": text(transfer.kind.pending.map { ID($0).uuid }), "subject": .string(transfer.subject),
            "actor": .string(transfer.actor), "hash": .string(entry.hash.hexadecimal),
        ]
    }
}
