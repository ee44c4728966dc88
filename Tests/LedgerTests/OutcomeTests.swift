import Ledger
import TestKit
import Testing

@Suite("Outcomes")
struct OutcomeTests {
    @Test("A transfer with everything wrong is told one fault after the other, as they are put right")
    func precedence() throws {
        try Page(
            """
            1 single world/card -> wallet/mara 10.00           | wallet/mara +10.00
            2 hold wallet/mara -> wallet/croesus 1.00          | wallet/mara +10.00 (-1.00), wallet/croesus (+1.00)
            3 post 2                                           | wallet/mara +10.00 -1.00, wallet/croesus +1.00
            4 hold wallet/mara -> wallet/croesus 1.00 | wallet/mara +10.00 -1.00 (-1.00), wallet/croesus +1.00 (+1.00)
            5 void 4                                           | wallet/mara +10.00 -1.00, wallet/croesus +1.00
            6 hold wallet/mara -> wallet/croesus 1.00 | wallet/mara +10.00 -1.00 (-1.00), wallet/croesus +1.00 (+1.00)
            7 expire 6                                         | wallet/mara +10.00 -1.00, wallet/croesus +1.00
            8 hold wallet/mara -> wallet/croesus 1.00 | wallet/mara +10.00 -1.00 (-1.00), wallet/croesus +1.00 (+1.00)

            1 post 99 wallet/mara -> wallet/mara 0.00          idTaken
            9 post 99 wallet/mara -> wallet/mara 0.00          amountNotPositive
            9 post 99 wallet/mara -> wallet/mara -1.00         amountNotPositive
            9 post 99 wallet/mara -> wallet/mara max           accountsEqual
            9 post 99 wallet/mara -> budget/day max            unitsDiffer
            9 post 99 wallet/mara -> wallet/otto max           pendingNotFound
            9 post 1 wallet/mara -> wallet/otto max            notPending
            9 post 3 wallet/mara -> wallet/otto max            notPending
            9 post 2 wallet/mara -> wallet/otto max            pendingDiffers
            9 post 2 wallet/otto -> wallet/croesus max         pendingDiffers
            9 void 2 max                                       pendingDiffers
            9 post 2 max                                       alreadyPosted
            9 post 4 max                                       alreadyVoided
            9 post 6 max                                       alreadyExpired
            9 post 8 max                                       exceedsPending
            9 hold wallet/mara -> wallet/croesus max           exceedsCredits
            9 hold world/card -> wallet/croesus max            overflow
            9 hold world/card -> wallet/croesus 1.00           | wallet/croesus +1.00 (+2.00)
            9 hold world/card -> wallet/croesus 1.00           alreadyThere
            """)
    }

    @Test("Whatever ends a hold, it is told the same", arguments: ["post", "void", "expire"])
    func ends(_ end: String) throws {
        try Page(
            """
            1 single world/card -> wallet/mara 10.00           | wallet/mara +10.00
            1 \(end) 99 wallet/mara -> wallet/mara 0.00        idTaken
            9 \(end) 99 wallet/mara -> wallet/mara 0.00        amountNotPositive
            9 \(end) 99 wallet/mara -> wallet/mara 1.00        accountsEqual
            9 \(end) 99 wallet/mara -> budget/day 1.00         unitsDiffer
            9 \(end) 99 wallet/mara -> wallet/otto 1.00        pendingNotFound
            9 \(end) 1 wallet/mara -> wallet/otto 1.00         notPending
            """)
    }

    @Test("Done is what is in the books")
    func done() {
        #expect(Outcome.allCases.filter(\.isDone) == [.posted, .alreadyThere])
    }

    @Test("An account holds as much as can be counted, and pays all of it")
    func most() throws {
        try Page(
            """
            1 single world/card -> wallet/croesus max          | wallet/croesus +max
            2 single world/card -> wallet/croesus 0.01         overflow
            3 hold wallet/croesus -> wallet/mara max           | wallet/croesus +max (-max), wallet/mara (+max)
            4 hold wallet/croesus -> revenue/domains max       exceedsCredits
            5 single world/card -> wallet/mara 0.01            overflow
            6 post 3                                           | wallet/croesus +max -max, wallet/mara +max
            7 single wallet/mara -> revenue/domains max        | wallet/mara +max -max
            8 single world/card -> revenue/domains max
            """)
    }

    @Test(
        "Nothing is written on a balance that no transfers can have led to",
        arguments: [
            Balance(debitsPending: -1, debitsPosted: 0, creditsPending: 0, creditsPosted: 9),
            Balance(debitsPending: .min, debitsPosted: .min, creditsPending: .min, creditsPosted: .min),
            Balance(debitsPending: 5, debitsPosted: 5, creditsPending: 0, creditsPosted: 9),
            Balance(debitsPending: .max, debitsPosted: .max, creditsPending: 0, creditsPosted: .max),
            Balance(debitsPending: 0, debitsPosted: 0, creditsPending: .max, creditsPosted: 1),
        ])
    func damaged(_ balance: Balance) throws {
        #expect(!balance.isSound && balance.available == 0)
        let mara = AccountName.wallet("mara")
        for isDebit in [true, false] {
            let book = PaperBook()
            book.set(balance, of: mara)
            let transfer = Transfer(
                id: TransferID(high: 0, low: 1), debit: isDebit ? mara : .world("card"),
                credit: isDebit ? .revenue("domains") : mara, amount: 1, code: "fund", actor: "owner", at: 0)
            #expect(throws: DamagedBooks(account: mara)) { try Ledger.post([transfer], in: book) }
            #expect(book.journal == [] && book.kept == [mara: balance])
        }
    }

    @Test("A hold that the balance knows nothing of is not ended")
    func lost() throws {
        let page = try Page(
            """
            1 single world/card -> wallet/mara 10.00           | wallet/mara +10.00
            2 hold wallet/mara -> revenue/domains 4.00         | wallet/mara +10.00 (-4.00)
            """)
        let mara = AccountName.wallet("mara")
        page.book.set(Balance(debitsPending: 3, debitsPosted: 0, creditsPending: 0, creditsPosted: 10), of: mara)
        var end = page.book.journal[1]
        end.id.low = 3
        end.kind = .void(page.book.journal[1].id)
        #expect(throws: DamagedBooks(account: mara)) { try Ledger.post([end], in: page.book) }
        #expect(page.book.journal.count == 2)
    }
}
