using Spate.Coordination.Runtime;
using Spate.Coordination.Transactions;
using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Coordination.Tests.Transactions;

/// <summary>
/// Random producers of a few transactional ids, old instances of them that do not know that they were replaced, requests that come late or twice,
/// logs that refuse, hang and fail, coordinators that die, partitions that refuse their markers: no transaction is torn, nothing is committed
/// that nobody committed, nothing is lost that was promised, and the log tells what is there.
/// </summary>
public sealed class RandomTransactionTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Nothing_is_torn_lost_or_made_up(int seed) => Assert.Null(Live(seed, loses: false));

    [Fact]
    public void A_marker_that_is_lost_would_be_noticed() =>
        Assert.Contains(Enumerable.Range(1, 5), seed => Live(seed, loses: true)?.Contains("nobody ends", StringComparison.Ordinal) == true);

    /// <returns>What went wrong, with the seed and the step; null when nothing did.</returns>
    private static string? Live(int seed, bool loses)
    {
        var random = new Random(seed);
        var isCalm = false;
        using var bench = new TransactionBench(() => !isCalm && random.Next(6) == 0, loses: () => loses && random.Next(10) == 0);
        var world = new World(bench, random);
        for (var step = 0; step < 400; step++)
        {
            var what = world.Act();
            if (world.Faults.Count > 0)
            {
                return $"Seed {seed}, step {step} ({what}): {string.Join("; ", world.Faults)}";
            }
        }

        isCalm = true;
        world.ComeToRest();
        return world.Faults.Count > 0 ? $"Seed {seed}, at rest: {string.Join("; ", world.Faults)}" : null;
    }

    private sealed record Instance(string Id, int Number, short Version)
    {
        public long ProducerId { get; set; } = -1;

        public short Epoch { get; set; } = -1;

        public int Transaction { get; set; }

        public bool IsDone { get; set; }

        public TransactionOwner Owner => new(Id, ProducerId, Epoch);
    }

    private sealed class Attempt
    {
        public HashSet<int> Written { get; } = [];

        public bool CommitSent { get; set; }

        public bool AbortSent { get; set; }

        public bool? Promised { get; set; }
    }

    private sealed class World(TransactionBench bench, Random random)
    {
        private static readonly string[] Ids = ["a", "b", "c"];
        private readonly List<Instance> _instances = [];
        private readonly Dictionary<string, int> _newest = [];
        private readonly Dictionary<int, Attempt> _attempts = [];
        private readonly List<(Instance Who, TransactionOwner Owner, bool Commits)> _sent = [];
        private int _transactions;

        public List<string> Faults { get; } = [];

        public string Act()
        {
            var choice = random.Next(100);
            var what = choice switch
            {
                < 12 => Replace(),
                < 52 => Write(),
                < 74 => End(),
                < 80 => Repeat(),
                < 84 => Crash(),
                < 88 => Refuse(),
                < 91 => Fail(),
                < 94 => Hang(),
                _ => Wait(),
            };
            Check();
            return what;
        }

        public void ComeToRest()
        {
            bench.Log.Verdict = () => ErrorCode.None;
            bench.Log.AppendFailure = null;
            Crash();
            bench.Pass(90);
            Check();
            foreach (var (partition, model) in bench.Partitions)
            {
                if (model.HasOpen)
                {
                    Faults.Add($"{partition} has a transaction that nobody ends");
                }
            }

            foreach (var (number, attempt) in _attempts)
            {
                var outcomes = attempt.Written.Select(index => bench.Partitions[new TopicPartition("t", index)].Outcomes.TryGetValue(number, out var isCommit) ? isCommit : (bool?)null)
                    .Distinct().ToList();
                if (outcomes.Count > 1 || outcomes.Contains(null))
                {
                    Faults.Add($"transaction {number} is torn: {string.Join(", ", outcomes)}");
                }
                else if (outcomes.Count == 1)
                {
                    Judge(number, attempt, outcomes[0]!.Value);
                }
            }
        }

        private void Judge(int number, Attempt attempt, bool isCommitted)
        {
            if (isCommitted && !attempt.CommitSent)
            {
                Faults.Add($"transaction {number} is committed, and nobody asked for it");
            }

            if (attempt.Promised is { } promised && promised != isCommitted)
            {
                Faults.Add($"transaction {number} was promised to be {(promised ? "committed" : "aborted")}, and is not");
            }
        }

        private string Replace()
        {
            var id = Ids[random.Next(Ids.Length)];
            var number = _newest.GetValueOrDefault(id) + 1;
            var version = id == "a" ? (short)3 : (short)5;
            var instance = new Instance(id, number, version);
            var reply = bench.Initialize(id, timeoutMs: 5_000 + random.Next(20_000));
            bench.Settle();
            if (reply is { IsCompletedSuccessfully: true, Result.ErrorCode: ErrorCode.None })
            {
                (instance.ProducerId, instance.Epoch) = (reply.Result.ProducerId, reply.Result.ProducerEpoch);
                _newest[id] = number;
                Begin(instance);
                _instances.Add(instance);
            }

            return $"instance {number} of {id}";
        }

        private void Begin(Instance instance)
        {
            instance.Transaction = ++_transactions;
            _attempts[instance.Transaction] = new Attempt();
        }

        private Instance? Pick()
        {
            var living = _instances.Where(instance => !instance.IsDone).ToList();
            return living.Count == 0 ? null : living[random.Next(living.Count)];
        }

        private bool IsZombie(Instance instance) => _newest[instance.Id] != instance.Number;

        private string Write()
        {
            // Whoever has asked for the end of a transaction writes no more before it has heard of it.
            if (Pick() is not { } instance || _attempts[instance.Transaction] is { CommitSent: true } or { AbortSent: true })
            {
                return "nobody writes";
            }

            var index = random.Next(bench.Partitions.Count);
            var partition = bench.Partitions[new TopicPartition("t", index)];
            var clientVersion = instance.Version >= 5 ? (short)2 : (short)0;
            if (clientVersion == 0 && Answer(bench.Add(instance.Owner, index, 0), instance) != ErrorCode.None)
            {
                return $"{instance.Id} may not enrol";
            }

            var guard = partition.BeginVerification(instance.ProducerId, instance.Epoch);
            if (guard != 0)
            {
                var verified = clientVersion == 0
                    ? bench.Coordinator.VerifyPartitionsAsync(instance.Owner, [new TopicPartition("t", index)]).AsTask().ContinueWith(
                        answer => answer.Result[0], CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default)
                    : bench.Add(instance.Owner, index, 2);
                if (random.Next(8) == 0)
                {
                    bench.Pass(random.Next(3));
                }

                if (Answer(verified, instance) != ErrorCode.None)
                {
                    return $"{instance.Id} may not write";
                }
            }

            if (partition.Write(instance.ProducerId, instance.Epoch, guard, instance.Transaction))
            {
                if (IsZombie(instance))
                {
                    Faults.Add($"instance {instance.Number} of {instance.Id} has written, and was replaced by {_newest[instance.Id]}");
                }

                _attempts[instance.Transaction].Written.Add(index);
            }

            return $"{instance.Id} writes to {index}";
        }

        /// <summary>Who was replaced must be told so, whatever it asks.</summary>
        private ErrorCode Answer(Task<ErrorCode> reply, Instance instance)
        {
            bench.Settle();
            var error = reply.IsCompletedSuccessfully ? reply.Result : ErrorCode.RequestTimedOut;
            if (error == ErrorCode.None && IsZombie(instance))
            {
                Faults.Add($"instance {instance.Number} of {instance.Id} was let in, and was replaced by {_newest[instance.Id]}");
            }

            if (error is ErrorCode.ProducerFenced or ErrorCode.InvalidProducerIdMapping)
            {
                instance.IsDone = true;
            }

            return error;
        }

        private string End()
        {
            if (Pick() is not { } instance)
            {
                return "nobody ends";
            }

            var attempt = _attempts[instance.Transaction];
            if (attempt.CommitSent || attempt.AbortSent)
            {
                return Send(instance, instance.Owner, attempt.CommitSent, isRepetition: true);
            }

            return Send(instance, instance.Owner, random.Next(3) > 0, isRepetition: false);
        }

        private string Send(Instance instance, TransactionOwner owner, bool commits, bool isRepetition)
        {
            var number = instance.Transaction;
            var attempt = _attempts[number];
            attempt.CommitSent |= commits;
            attempt.AbortSent |= !commits;
            _sent.Add((instance, owner, commits));
            var reply = bench.End(owner, commits, instance.Version);
            bench.Settle();
            if (!reply.IsCompleted && !bench.Log.Holds)
            {
                bench.Pass(0.2);
            }

            if (!reply.IsCompletedSuccessfully)
            {
                return $"{instance.Id} hears nothing of the end of {number}";
            }

            if (reply.Result.ErrorCode == ErrorCode.None)
            {
                if (attempt.Written.Count > 0)
                {
                    attempt.Promised = commits;
                }

                (instance.ProducerId, instance.Epoch) = instance.Version >= 5 ? (reply.Result.ProducerId, reply.Result.ProducerEpoch) : (instance.ProducerId, instance.Epoch);
                Begin(instance);
            }
            else if (reply.Result.ErrorCode is ErrorCode.ProducerFenced or ErrorCode.InvalidTxnState or ErrorCode.InvalidProducerIdMapping)
            {
                // The producer gives up, as after every error that is no retry's affair.
                instance.IsDone = true;
            }

            return $"{instance.Id} {(commits ? "commits" : "aborts")} {number}{(isRepetition ? " again" : "")}: {reply.Result.ErrorCode}";
        }

        /// <summary>A request that was sent long ago comes once more. Only where each transaction has its own epoch can that be told from a new one.</summary>
        private string Repeat()
        {
            var late = _sent.Where(sent => sent.Who.Version >= 5).ToList();
            if (late.Count == 0)
            {
                return "nothing comes late";
            }

            var (who, owner, commits) = late[random.Next(late.Count)];
            if (owner == who.Owner)
            {
                return "nothing comes late";
            }

            _ = bench.End(owner, commits, who.Version);
            bench.Settle();
            return $"a late end of {who.Id}";
        }

        private string Crash()
        {
            bench.Log.Holds = false;
            if (bench.Log.HasHeldAppend)
            {
                bench.Log.Release();
            }

            bench.Load();
            return "the coordinator dies";
        }

        private string Refuse()
        {
            var refusals = 1 + random.Next(3);
            bench.Log.Verdict = () => refusals-- > 0 ? ErrorCode.NotEnoughReplicas : ErrorCode.None;
            return "the log refuses";
        }

        private string Fail()
        {
            if (!bench.Log.Holds)
            {
                bench.Log.AppendFailure = new IOException("the disk");
            }

            return "the log fails";
        }

        private string Hang()
        {
            bench.Log.Holds = !bench.Log.Holds;
            if (!bench.Log.Holds && bench.Log.HasHeldAppend)
            {
                bench.Log.Release(random.Next(3) == 0 ? ErrorCode.NotEnoughReplicas : ErrorCode.None);
                bench.Settle();
            }

            return "the log hangs, or goes on";
        }

        private string Wait()
        {
            bench.Pass(random.Next(12));
            return "time passes";
        }

        private void Check()
        {
            Faults.AddRange(bench.Partitions.Values.SelectMany(partition => partition.Faults));
            if (bench.Log.HasHeldAppend || bench.Coordinator.StatusOf(0) != ShardStatus.Active)
            {
                return;
            }

            var replayed = new TransactionShard(new NoTimers(), new TransactionCoordinatorOptions(), new NoMarkers(), bench.Logger);
            bench.Log.Entries.ForEach(entry => entry.ApplyTo(replayed));
            if (TransactionBench.Describe(replayed) is var told && told != bench.Dump())
            {
                Faults.Add($"the log tells\n{told}\nand there is\n{bench.Dump()}");
            }
        }
    }

    private sealed class NoMarkers : IMarkerOutbox
    {
        public void Send(MarkerJob job)
        {
        }

        public bool IsCurrent(MarkerJob job) => false;

        public void Settled(string transactionalId)
        {
        }
    }

    private sealed class NoTimers : IShardContext
    {
        public DateTimeOffset UtcNow => DateTimeOffset.UnixEpoch;

        public long UtcNowMs => 0;

        public void Schedule(TimerKey key, TimeSpan delay, Func<CommandOutcome> action, CommandAccess access = CommandAccess.Exclusive)
        {
        }

        public bool Restart(TimerKey key, TimeSpan delay) => false;

        public void Cancel(TimerKey key)
        {
        }
    }
}
