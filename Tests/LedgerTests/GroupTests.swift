import Ledger
import TestKit
import Testing

@Suite("Groups")
struct GroupTests {
    @Test("Of a group all is written, or nothing")
    func together() throws {
        try Page(
            """
            1 single world/card -> wallet/mara 10.00           | wallet/mara +10.00
            2 single limits -> budget/day 5.00                 | budget/day +5.00
            3 hold wallet/mara -> revenue/domains 6.00         linkedRefused
            & 4 hold budget/day -> limits 6.00                 exceedsCredits
            & 5 single world/card -> wallet/mara 1.00          linkedRefused
            3 hold wallet/mara -> revenue/domains 5.00
            & 4 hold budget/day -> limits 5.00       | wallet/mara +10.00 (-5.00), budget/day +5.00 (-5.00)
            """)
    }

    @Test("A transfer counts for those after it, not for those before")
    func order() throws {
        try Page(
            """
            1 single wallet/mara -> wallet/otto 3.00           exceedsCredits
            & 2 single world/card -> wallet/mara 3.00          linkedRefused
            2 single world/card -> wallet/mara 3.00
            & 1 single wallet/mara -> wallet/otto 3.00         | wallet/mara +3.00 -3.00, wallet/otto +3.00
            3 hold wallet/otto -> revenue/domains 2.00         linkedRefused
            & 4 hold wallet/otto -> revenue/domains 2.00       exceedsCredits
            """)
    }

    @Test("A hold may end in the group in which it was made, once")
    func within() throws {
        try Page(
            """
            1 single world/card -> wallet/mara 3.00            | wallet/mara +3.00
            3 post 2 wallet/mara -> revenue/domains 2.00       pendingNotFound
            & 2 hold wallet/mara -> revenue/domains 2.00       linkedRefused
            2 hold wallet/mara -> revenue/domains 2.00         linkedRefused
            & 3 post 2                                         linkedRefused
            & 4 void 2                                         alreadyPosted
            2 hold wallet/mara -> revenue/domains 2.00
            & 3 post 2 1.00                                    | wallet/mara +3.00 -1.00
            4 void 2                                           alreadyPosted
            """)
    }

    @Test("What stands already is not written twice, and does not keep the rest out")
    func repeated() throws {
        let page = try Page(
            """
            1 single world/card -> wallet/mara 3.00            | wallet/mara +3.00
            1 single world/card -> wallet/mara 3.00            alreadyThere
            & 2 single world/card -> wallet/mara 1.00
            & 2 single world/card -> wallet/mara 1.00          alreadyThere | wallet/mara +4.00
            1 single world/card -> wallet/mara 3.00            linkedRefused
            & 3 single world/card -> wallet/mara 1.00          linkedRefused
            & 3 single world/card -> wallet/mara 2.00          idTaken
            """)
        #expect(page.book.journal.count == 2)
    }

    @Test("A transfer that differs in anything is another")
    func another() throws {
        let page = try Page("1 single world/card -> wallet/mara 3.00 | wallet/mara +3.00")
        let first = page.book.journal[0]
        let changes: [(inout Transfer) -> Void] = [
            { $0.debit = AccountName("world/owner-credit") }, { $0.credit = AccountName("wallet/otto") },
            { $0.amount += 1 }, { $0.kind = .pending }, { $0.code = "correction" }, { $0.subject = "purchase" },
            { $0.actor = "owner" }, { $0.at += 1 },
        ]
        for change in changes {
            var transfer = first
            change(&transfer)
            #expect(try Ledger.post([transfer], in: page.book) == [.idTaken])
        }
        #expect(page.book.journal == [first])
    }

    @Test("Nothing is asked, nothing is written")
    func empty() throws {
        let book = PaperBook()
        #expect(try Ledger.post([], in: book) == [])
        #expect(book.journal == [] && book.written == [])
    }

    @Test("Balances are written in the order of their names, so that nobody waits in a circle")
    func orderOfWriting() throws {
        let page = try Page(
            """
            1 single world/card -> wallet/zoe 9.00             | wallet/zoe +9.00
            2 single limits -> budget/day 5.00                 | budget/day +5.00
            3 hold wallet/zoe -> wallet/adam 2.00
            & 4 hold budget/day -> limits 2.00
            & 5 hold wallet/zoe -> revenue/domains 2.00 \
            | wallet/zoe +9.00 (-4.00), wallet/adam (+2.00), budget/day +5.00 (-2.00)
            """)
        #expect(page.book.written.suffix(3).map(\.text) == ["budget/day", "wallet/adam", "wallet/zoe"])
    }
}
