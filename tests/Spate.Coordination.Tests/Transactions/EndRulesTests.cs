using Spate.Coordination.Transactions;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Tests.Transactions;

/// <summary>What an EndTxn is told, as a table: the state, the version of transactions, the request's epoch beside the present one, what it asks.</summary>
public sealed class EndRulesTests
{
    private const short Epoch = 7;

    [Theory]
    [InlineData("Ongoing          v0  +0 commit: ends")]
    [InlineData("Ongoing          v0  +0 abort : ends")]
    [InlineData("Ongoing          v0  -1 commit: ProducerFenced")]
    [InlineData("Ongoing          v0  +1 commit: ProducerFenced")]
    [InlineData("Empty            v0  +0 commit: InvalidTxnState")]
    [InlineData("Empty            v0  +0 abort : InvalidTxnState")]
    [InlineData("PrepareCommit    v0  +0 commit: ConcurrentTransactions")]
    [InlineData("PrepareCommit    v0  +0 abort : InvalidTxnState")]
    [InlineData("PrepareAbort     v0  +0 abort : ConcurrentTransactions")]
    [InlineData("PrepareAbort     v0  +0 commit: InvalidTxnState")]
    [InlineData("CompleteCommit   v0  +0 commit: None")]
    [InlineData("CompleteCommit   v0  +0 abort : InvalidTxnState")]
    [InlineData("CompleteAbort    v0  +0 abort : None")]
    [InlineData("CompleteAbort    v0  +0 commit: InvalidTxnState")]
    [InlineData("Ongoing          v2  +0 commit: ends")]
    [InlineData("Ongoing          v2  -1 commit: ProducerFenced")]
    [InlineData("Empty            v2  +0 commit: InvalidTxnState")]
    [InlineData("Empty            v2  +0 abort : ends")]
    [InlineData("PrepareCommit    v2  -1 commit: ConcurrentTransactions")]
    [InlineData("PrepareCommit    v2  -1 abort : InvalidTxnState")]
    [InlineData("PrepareCommit    v2  +0 commit: ProducerFenced")]
    [InlineData("PrepareAbort     v2  -1 abort : ConcurrentTransactions")]
    [InlineData("CompleteCommit   v2  -1 commit: None")]
    [InlineData("CompleteCommit   v2  -1 abort : InvalidTxnState")]
    [InlineData("CompleteCommit   v2  +0 commit: InvalidTxnState")]
    [InlineData("CompleteCommit   v2  +0 abort : ends")]
    [InlineData("CompleteCommit   v2  -2 commit: ProducerFenced")]
    [InlineData("CompleteAbort    v2  -1 abort : None")]
    [InlineData("CompleteAbort    v2  +0 abort : ends")]
    [InlineData("CompleteAbort    v2  -1 commit: InvalidTxnState")]
    public void The_answer_depends_on_state_epoch_and_what_is_asked(string line)
    {
        var words = line.Replace(":", " ", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var logged = Transaction.First(1, 1000, 0) with { State = Enum.Parse<TransactionState>(words[0]), ProducerEpoch = Epoch };
        var request = new EndTxnRequest { ProducerId = 1, ProducerEpoch = (short)(Epoch + short.Parse(words[2], null)), Committed = words[3] == "commit" };

        var verdict = EndRules.Judge(logged, request, short.Parse(words[1][1..], null));

        Assert.Equal(words[4], verdict.Proceeds ? "ends" : $"{verdict.Error}");
        request.ProducerId = 2;
        Assert.Equal(ErrorCode.InvalidProducerIdMapping, EndRules.Judge(logged, request, short.Parse(words[1][1..], null)).Error);
    }
}
