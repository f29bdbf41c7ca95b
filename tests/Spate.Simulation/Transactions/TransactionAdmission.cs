using Spate.Coordination;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Simulation.Cluster;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Transactions;

/// <summary>What the leader of a partition asks the coordinator of a transaction before it lets the first record of it in (KIP-890).</summary>
internal static class TransactionAdmission
{
    /// <param name="world">The world.</param>
    /// <param name="leader">Who asks.</param>
    /// <param name="owner">Whose transaction it is.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="enrols">Whether the partition becomes part of the transaction by it, as in version 2; else whether it is one is asked.</param>
    public static async ValueTask<ErrorCode> AskAsync(World world, Node leader, TransactionOwner owner, TopicPartition partition, bool enrols)
    {
        var answer = await world.Network.AskAsync<ErrorCode[]>(
            leader.ToString(),
            world.Cluster.Find(InternalTopic.Transactions, owner.TransactionalId).Leader,
            () => $"{(enrols ? "enrol" : "verify")} {partition} for {owner}",
            async node => enrols ? [await node.Transactions.AddPartitionsAsync(owner, [partition], 2)] : await node.Transactions.VerifyPartitionsAsync(owner, [partition]));
        return answer?[0] ?? ErrorCode.CoordinatorNotAvailable;
    }
}
