package import Ledger

/// A transfer as an auditor writes it down: accounts are lines of a chart, other slips are numbers.
package struct Slip: Equatable, Sendable {
    package enum Act: Equatable, Sendable {
        case move, hold
        case post(Int), void(Int), expire(Int)

        /// The number of the hold that it ends.
        package var ended: Int? {
            switch self {
            case .move, .hold: nil
            case .post(let number), .void(let number), .expire(let number): number
            }
        }
    }

    package var number: Int
    package var from: Int
    package var to: Int
    package var amount: Int64
    package var act: Act
    /// Whatever else stands on it.
    package var note: Int

    package init(_ number: Int, from: Int, to: Int, _ amount: Int64, _ act: Act = .move, note: Int = 0) {
        self.number = number
        self.from = from
        self.to = to
        self.amount = amount
        self.act = act
        self.note = note
    }
}

/// One account of a chart: its name, what is counted in it, and whether its debits must not exceed its credits.
package struct ChartLine: Sendable {
    package var name: String
    package var unit: Int
    package var isKept: Bool

    package init(_ name: String, unit: Int, isKept: Bool) {
        self.name = name
        self.unit = unit
        self.isKept = isKept
    }
}

/// How slips are handed to the ledger.
package struct SlipBox: Sendable {
    package var chart: [ChartLine]
    /// So that the slips of several worlds may lie in one store.
    package var world: UInt64

    package init(chart: [ChartLine], world: UInt64) {
        self.chart = chart
        self.world = world
    }

    package func transfer(_ slip: Slip) -> Transfer {
        Transfer(
            id: id(slip.number), debit: name(slip.from), credit: name(slip.to), amount: slip.amount,
            kind: kind(slip.act), code: ["fund", "purchase", "refund"][slip.note % 3], subject: "slip \(slip.note)",
            actor: slip.note % 2 == 0 ? "agent:mara" : "owner", at: 1_773_484_200_000 + Int64(slip.note))
    }

    package func name(_ line: Int) -> AccountName { AccountName(chart[line].name) }

    private func id(_ number: Int) -> TransferID { TransferID(high: world, low: UInt64(number)) }

    private func kind(_ act: Slip.Act) -> Transfer.Kind {
        switch act {
        case .move: .single
        case .hold: .pending
        case .post(let number): .post(id(number))
        case .void(let number): .void(id(number))
        case .expire(let number): .expire(id(number))
        }
    }
}
