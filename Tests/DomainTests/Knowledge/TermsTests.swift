import Testing

@testable import Domain

/// What a text can be found by, in every script that a team writes.
@Suite struct TermsTests {
    @Test(
        "the forms of a word meet",
        arguments: [
            ["streams", "stream", "streaming", "streamed"], ["policies", "policy"], ["created", "create", "creation"],
            ["cancel", "cancelled", "canceled", "cancelling", "cancellation", "cancels"], ["items", "item"],
            ["updates", "update", "updating", "updated"], ["registered", "register", "registering"],
            ["mentioned", "mention", "mentions"], ["monthly", "month", "months"], ["boxes", "box"],
            ["classes", "class"], ["processes", "processing", "process"], ["using", "uses", "use"],
            ["devolução", "devoluções"], ["devolver", "devolvido", "devolveu"], ["pedido", "pedidos"],
            ["cancelar", "cancelamento", "cancelado", "canceladas", "cancelei", "cancelou", "cancelam", "cancela"],
            ["reembolso", "reembolsos", "reembolsar", "reembolsado"], ["funcionário", "funcionários", "funcionária"],
            ["fácil", "fáceis"], ["papel", "papéis"], ["perfil", "perfis"], ["mês", "meses"], ["inglês", "ingleses"],
            ["país", "países"], ["imagem", "imagens"], ["envio", "enviar", "enviado", "envios"], ["real", "reais"],
            ["recebi", "recebido", "recebimento", "receber"], ["troca", "trocar", "trocas"], ["razão", "razões"],
            ["confirmação", "confirmar", "confirmed", "confirmation"], ["cartão", "cartões"],
        ])
    func formsMeet(of words: [String]) {
        #expect(Set(words.map { Terms.terms(of: $0) }).count == 1, "\(words.map { Terms.terms(of: $0) })")
    }

    @Test(
        "words of another meaning stay apart",
        arguments: [
            ("data", "date"), ("customer", "custom"), ("cartão", "carta"), ("policy", "police"), ("number", "numb"),
            ("format", "form"), ("news", "new"), ("string", "stream"), ("server", "serve"), ("file", "fill"),
            ("conta", "contrato"), ("status", "stats"), ("need", "new"), ("fatura", "futuro"),
        ])
    func apart(_ one: String, _ other: String) {
        #expect(Terms.terms(of: one) != Terms.terms(of: other))
    }

    @Test(
        "accents, widths and ligatures do not matter",
        arguments: [
            ("devolução", "devoluc\u{327}a\u{303}o"), ("São José", "SAO JOSE"), ("straße", "STRASSE"),
            ("cœur", "coeur"), ("ﬁnal ﬂow", "final flow"), ("Ｆｕｌｌ　Ｗｉｄｔｈ", "full width"), ("Ærø", "aero"),
            ("İstanbul", "istanbul"), ("ﾊﾟｽﾜｰﾄﾞ", "パスワード"), ("か\u{3099}いこ\u{3099}", "がいご"), ("⽤⾦", "用金"),
            ("\u{1112}\u{1161}\u{11AB}\u{1100}\u{1173}\u{11AF}", "한글"), ("Ёлка", "елка"), ("й", "и\u{306}"),
            ("τέλος", "ΤΕΛΟΣ"), ("كِتَابٌ", "كتاب"), ("أحمد", "احمد"), ("שָׁלוֹם", "שלום"), ("क़लम", "कलम"),
            ("١٢٣", "123"),
            ("Việt Nam", "viet nam"), ("𝗯𝗼𝗹𝗱 text", "bold text"), ("co\u{AD}operate", "cooperate"),
        ])
    func folded(_ one: String, _ other: String) {
        #expect(Terms.terms(of: one) == Terms.terms(of: other))
    }

    @Test("a code word is found whole and by its parts")
    func codeWords() {
        #expect(Terms.terms(of: "max_open_streams") == ["maxopenstream", "max", "open", "stream"])
        #expect(Terms.terms(of: "maxopenstreams") == ["maxopenstream"])
        #expect(Terms.terms(of: "finishReason") == ["finishreason", "finish", "reason"])
        #expect(Terms.terms(of: "HTTPServer") == ["httpserv", "http", "server"])
        #expect(Terms.terms(of: "E-4012") == ["e4012", "4012"])
        #expect(Terms.terms(of: "E4012") == Terms.terms(of: "E-4012"))
        #expect(Terms.terms(of: "ERR_2043") == ["err2043", "err", "2043"])
        #expect(Terms.terms(of: "v2.1.") == ["v21", "21", "2", "1"])
        #expect(Terms.terms(of: "foo.bar").last == "bar")
        #expect(Terms.terms(of: "(foo.bot)") == ["foobot", "foo", "bot"])
        #expect(Terms.terms(of: "the PDFs, APIs") == ["pdfs", "api"])
        #expect(Terms.terms(of: "e-mails") == Terms.terms(of: "email").flatMap { [$0, "mail"] })
    }

    @Test("numbers are found however their groups are marked")
    func numbers() {
        #expect(Terms.terms(of: "1.234,56") == Terms.terms(of: "1,234.56"))
        #expect(Terms.terms(of: "R$ 1.500,00").contains("1500"))
        #expect(Terms.terms(of: "$1,500").contains("1500"))
        #expect(Terms.terms(of: "10, 20,x") == ["10", "20", "x"])
        #expect(Terms.terms(of: "2024-01-15") == ["20240115", "2024", "01", "15"])
    }

    @Test("an apostrophe takes little words with it")
    func apostrophes() {
        #expect(Terms.terms(of: "the user's l'acqua, d’água, O’Brien 'quoted'").count == 5)
        #expect(Terms.terms(of: "user's") == Terms.terms(of: "user"))
        #expect(Terms.terms(of: "d'água") == Terms.terms(of: "água"))
        #expect(Terms.terms(of: "I don't refund") == Terms.terms(of: "refund"))
    }

    @Test("small words are dropped unless there are no others")
    func smallWords() {
        #expect(Terms.terms(of: "What is the refund?") == ["refund"])
        #expect(Terms.terms(of: "Não é o meu pedido") == Terms.terms(of: "pedido"))
        #expect(Terms.terms(of: "What is it?") == ["what", "is", "it"])
        #expect(Terms.terms(of: "です") == ["です"])
        #expect(Terms.terms(of: "").isEmpty)
        #expect(Terms.terms(of: " … !? \u{301}").isEmpty)
    }

    @Test("Japanese is found by pairs, Han letters also singly")
    func japanese() {
        #expect(Terms.terms(of: "消費税率") == ["消", "消費", "費", "費税", "税", "税率", "率"])
        #expect(Terms.terms(of: "返品を申請できますか。") == ["返", "返品", "品", "申", "申請", "請"])
        #expect(Terms.terms(of: "パスワードの変更") == ["パス", "スワ", "ワー", "ード", "変", "変更", "更"])
        #expect(Terms.terms(of: "人々") == ["人", "人々", "々"])
        #expect(Terms.terms(of: "10日以内にTシャツ") == ["10", "日", "日以", "以", "以内", "内", "t", "シャ", "ャツ"])
    }

    @Test(
        "a short question finds the passage that answers it",
        arguments: [
            ("税", "価格には消費税率が適用されます"), ("返品", "商品の返品期限は七日です"), ("払う", "お支払いは翌月です"),
            ("申込", "申し込みの方法"), ("はがき", "料金ははがきで届きます"), ("ありがとう", "ありがとうございます"),
            ("らーめん", "らーめんの店"), ("ログイン", "再ﾛｸﾞｲﾝが必要"), ("退款", "如何申请退款？"), ("환불", "환불을 받으려면"),
            ("คืน", "การคืนสินค้า"), ("возврат", "Возврат средств"), ("वापसी", "वापसी नीति"),
        ])
    func shortQuestions(_ question: String, _ passage: String) {
        #expect(!Set(Terms.terms(of: question)).isDisjoint(with: Terms.terms(of: passage)))
    }

    @Test("questions that share nothing but their grammar share no term")
    func grammar() {
        let one = Terms.terms(of: "注文を取り消すことはできますか")
        let other = Terms.terms(of: "領収書について教えてください。発行できますか")
        #expect(Set(one).isDisjoint(with: other))
    }
}
