using Spate.Coordination;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Simulation.Cluster;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Transactions;

/// <summary>What a producer in transactions says to the coordinators of its transactional id and of its group, in the words of the version that it speaks.</summary>
internal abstract class TransactionalClient(World world, string name, Processor processor) : Client(world, name)
{
    private readonly int _timeoutMs = world.Random.Next(4_000, 30_000);

    public string TransactionalId { get; } = processor.Name;

    /// <summary>Who it is: given by the coordinator, and given anew with every transaction of version 2.</summary>
    public TransactionOwner Owner { get; protected set; } = new(processor.Name, -1, -1);

    /// <summary>Whether it speaks version 2 of transactions, in which every transaction has an epoch of its own, and requests may come late or twice.</summary>
    protected bool BumpsEpoch { get; } = processor.BumpsEpoch;

    protected string Group { get; } = processor.GroupId;

    private short EndVersion => BumpsEpoch ? (short)5 : (short)3;

    /// <summary>Takes the transactional id for itself: whoever had it before is replaced.</summary>
    /// <param name="given">Told by the coordinator itself, as soon as it has decided.</param>
    /// <param name="heard">Told when the answer is there.</param>
    protected void AskForId(Action<InitProducerIdResponse> given, Action<InitProducerIdResponse?> heard)
    {
        var request = new InitProducerIdRequest
        {
            TransactionalId = TransactionalId,
            TransactionTimeoutMs = _timeoutMs,
            ProducerId = Owner.ProducerId,
            ProducerEpoch = Owner.ProducerEpoch,
        };
        Ask(
            InternalTopic.Transactions,
            TransactionalId,
            () => $"initialise {TransactionalId} {request.ProducerId}@{request.ProducerEpoch}",
            async node =>
            {
                var response = await node.Transactions.InitProducerIdAsync(request, default);
                if (response.ErrorCode == ErrorCode.None)
                {
                    given(response);
                }

                return response;
            },
            static response => response.ErrorCode,
            heard);
    }

    /// <summary>How far the group has read; a transaction that is still under way has to end first.</summary>
    protected void AskForOffset(Action<ErrorCode?, long> heard) => Ask(
        InternalTopic.Offsets,
        Group,
        () => $"fetch the offset of {Group}",
        node => node.Groups.OffsetFetchAsync(
            new OffsetFetchRequest { RequireStable = true, Groups = [new() { GroupId = Group, Topics = [new() { Name = "in", PartitionIndexes = [0] }] }] },
            new GroupClient(Name, "/10.0.0.1", 9)),
        ErrorOf,
        response => heard(
            response is null ? null : ErrorOf(response),
            response is not null && ErrorOf(response) == ErrorCode.None ? Math.Max(0, response.Groups[0].Topics[0].Partitions[0].CommittedOffset) : 0));

    /// <summary>Makes a partition part of the transaction, as producers of versions before 2 have to.</summary>
    protected void AskToEnrol(TopicPartition partition, Action<ErrorCode?> heard)
    {
        var owner = Owner;
        Ask(
            InternalTopic.Transactions,
            TransactionalId,
            () => $"add {partition} to {owner}",
            async node => new Answer(await node.Transactions.AddPartitionsAsync(owner, [partition], 0)),
            static answer => answer.Error,
            answer => heard(answer?.Error));
    }

    /// <summary>Has an offset committed with the transaction, once the partition of the group has asked the coordinator of the transaction about it.</summary>
    protected void AskToCommit(LedPartition partition, TopicPartition id, long offset, Action<ErrorCode?> heard)
    {
        var owner = Owner;
        var request = new TxnOffsetCommitRequest
        {
            GroupId = Group,
            TransactionalId = TransactionalId,
            ProducerId = owner.ProducerId,
            ProducerEpoch = owner.ProducerEpoch,
            GenerationId = -1,
            Topics = [new() { Name = "in", Partitions = [new() { PartitionIndex = 0, CommittedOffset = offset }] }],
        };
        Ask(
            InternalTopic.Offsets,
            Group,
            () => $"commit offset {offset} of {Group} as {owner.ProducerId}@{owner.ProducerEpoch}",
            async node =>
            {
                if (partition.Leader != node)
                {
                    return new Answer(ErrorCode.NotCoordinator);
                }

                var guard = partition.Log.Producers.BeginVerification(owner.ProducerId, owner.ProducerEpoch, 0, BumpsEpoch);
                var error = guard == 0 ? ErrorCode.None : await TransactionAdmission.AskAsync(World, node, owner, id, BumpsEpoch);
                return new Answer(error == ErrorCode.None ? (await node.Groups.TxnOffsetCommitAsync(request, guard)).Topics[0].Partitions[0].ErrorCode : error);
            },
            static answer => answer.Error,
            answer => heard(answer?.Error),
            mayRepeat: BumpsEpoch);
    }

    /// <summary>Ends the transaction.</summary>
    protected void AskToEnd(bool commits, Action<EndTxnResponse?> heard)
    {
        var request = new EndTxnRequest { TransactionalId = TransactionalId, ProducerId = Owner.ProducerId, ProducerEpoch = Owner.ProducerEpoch, Committed = commits };
        Ask(
            InternalTopic.Transactions,
            TransactionalId,
            () => $"{(commits ? "commit" : "abort")} {TransactionalId} {request.ProducerId}@{request.ProducerEpoch}",
            node => node.Transactions.EndTransactionAsync(request, EndVersion, default),
            static response => response.ErrorCode,
            heard,
            mayRepeat: BumpsEpoch);
    }

    private static ErrorCode ErrorOf(OffsetFetchResponse response) => response.Groups[0] is { ErrorCode: not ErrorCode.None } group
        ? group.ErrorCode
        : response.Groups[0].Topics[0].Partitions[0].ErrorCode;

    private sealed record Answer(ErrorCode Error);
}
