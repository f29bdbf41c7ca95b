using System.Text;
using Spate.Coordination.Tests.Harness;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Tests.Groups;

/// <summary>
/// Clients that do whatever clients do, in any order, on a log that refuses and hangs, while the shard is given up and taken over: whatever
/// happens, what must hold of groups holds after every step.
/// </summary>
public sealed class RandomSequencesTests
{
    private const int Steps = 2500;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Whatever_clients_do_what_must_hold_of_groups_holds(int seed)
    {
        var run = new Run(seed);
        for (var step = 0; step < Steps; step++)
        {
            var did = await run.StepAsync();
            Assert.True(run.Fault() is not { } fault, $"seed {seed}, step {step} ({did}): {run.Fault()}");
        }

        run.Finish();
        Assert.True(run.Fault() is null, $"seed {seed}, at the end: {run.Fault()}");
        Assert.Equal(0, run.Unanswered);
        Assert.True(run.Generations > 20, $"seed {seed}: only {run.Generations} generations came about, the run proves little");
    }

    private sealed class Client
    {
        public required string Group { get; init; }

        public string? Instance { get; init; }

        public string Id { get; set; } = "";

        public int Generation { get; set; } = -1;

        public List<string> ToAssign { get; set; } = [];

        public Task<JoinGroupResponse>? Join { get; set; }

        public Task<SyncGroupResponse>? Sync { get; set; }

        public TestMember Member => new(Id, Generation, ToAssign.Count > 0, Instance);
    }

    private sealed class Run
    {
        private readonly Random _random;
        private readonly Bench _bench;
        private readonly List<Client> _clients = [];
        private readonly List<Task> _asked = [];
        private readonly Dictionary<(string Group, int Life, int Generation), string> _leaders = [];
        private readonly Dictionary<string, (int Life, int Generation)> _newest = [];
        private readonly Dictionary<string, object?> _seen = [];
        private readonly List<string> _faults = [];
        private int _epoch = 1;

        public Run(int seed)
        {
            _random = new Random(seed);
            _bench = new Bench(Bench.Defaults with { MaxSize = 5, OffsetsRetention = TimeSpan.FromMinutes(1), OffsetsRetentionCheckInterval = TimeSpan.FromSeconds(20) }, seed: seed);
            for (var index = 0; index < 18; index++)
            {
                _newest["g" + (index % 3)] = default;
                _clients.Add(new Client { Group = "g" + (index % 3), Instance = index % 4 == 3 ? "i" + index : null });
            }
        }

        public int Generations => _leaders.Count;

        public int Unanswered => _asked.Count(task => !task.IsCompleted);

        public async Task<string> StepAsync()
        {
            var refuses = _random.Next(8) == 0;
            var before = refuses && !_bench.Log.Holds && !_bench.Log.HasHeldAppend ? _bench.Dump() : null;
            _bench.Log.Verdict = () => refuses ? ErrorCode.NotEnoughReplicas : ErrorCode.None;
            var did = await ActAsync(_clients[_random.Next(_clients.Count)]);
            if (before is not null && did != "hold" && before != _bench.Dump())
            {
                _faults.Add("records were refused, and yet the state has changed");
            }

            foreach (var client in _clients)
            {
                Collect(client);
            }

            _asked.RemoveAll(task => task.IsCompleted);
            NoticeNewLives();
            return did;
        }

        /// <summary>No client does anything any more, and enough time passes for every timer.</summary>
        public void Finish()
        {
            _bench.Log.Verdict = () => ErrorCode.None;
            Release();
            NoticeNewLives();
            _bench.Pass(TimeSpan.FromMinutes(10));
            _clients.ForEach(Collect);
        }

        /// <summary>What is wrong, or null.</summary>
        public string? Fault()
        {
            var inside = Bench.Now(_bench.Coordinator.ReadAsync("g0", shard => string.Join("; ", StateDump.Faults(shard)), _ => "").AsTask());
            var faults = _faults.Concat(_bench.Breakages).Append(inside).Where(fault => fault.Length > 0).ToList();
            if (!_bench.Log.HasHeldAppend && Replayed() is { } replayed && replayed != _bench.Dump())
            {
                faults.Add($"the log tells\n{replayed}but there is\n{_bench.Dump()}");
            }

            return faults.Count == 0 ? null : string.Join("\n", faults);
        }

        private string Replayed()
        {
            var shard = GroupRecordsTests.Shard(out _);
            _bench.Log.Entries.ForEach(entry => entry.ApplyTo(shard));
            return StateDump.Of(shard);
        }

        private async Task<string> ActAsync(Client client)
        {
            switch (_random.Next(100))
            {
                case < 38:
                    Proceed(client);
                    return "proceed";
                case < 45:
                    Join(client);
                    return "join";
                case < 53:
                    Ask(_bench.Commit(client.Member, client.Group, _random.Next(1000), "t" + _random.Next(3), _random.Next(2), version: (short)_random.Next(2, 11)));
                    return "commit";
                case < 56:
                    Ask(_bench.Commit(null, client.Group, retention: _random.Next(3) == 0 ? 5000 : -1));
                    return "simple commit";
                case < 64:
                    _bench.Heartbeat(client.Member, client.Group);
                    return "heartbeat";
                case < 67:
                    Ask(_random.Next(2) == 0 ? _bench.LeaveAlone(client.Id, client.Group) : _bench.LeaveFrom(client.Group, (client.Instance is null ? client.Id : "", client.Instance)));
                    return "leave";
                case < 70:
                    (client.Id, client.Generation, client.Join, client.Sync) = ("", -1, null, null);
                    return "restart";
                case < 72:
                    await DeleteAsync(client.Group);
                    return "delete";
                case < 73:
                    Ask(_bench.Coordinator.OffsetDeleteAsync(new OffsetDeleteRequest { GroupId = client.Group, Topics = [new() { Name = "t1", Partitions = [new() { PartitionIndex = 0 }] }] }).AsTask());
                    return "delete offsets";
                case < 74:
                    TakeOver();
                    return "take over";
                case < 78:
                    _bench.Log.Holds = true;
                    return "hold";
                case < 88:
                    Release();
                    return "release";
                default:
                    _bench.Pass(TimeSpan.FromMilliseconds(_random.Next(10, _random.Next(4) == 0 ? 15_000 : 2_000)));
                    return "time passes";
            }
        }

        /// <summary>What a well-behaved client would do next.</summary>
        private void Proceed(Client client)
        {
            if (client.Join is not null || client.Sync is not null)
            {
                return;
            }

            if (client.Generation < 0)
            {
                Join(client);
            }
            else if (client.ToAssign.Count > 0 || _random.Next(2) == 0)
            {
                var assign = client.ToAssign.Select(id => new TestMember($"{id}", client.Generation, false));
                client.Sync = _bench.Sync(client.Member, client.Group, assign);
                Ask(client.Sync);
            }
            else if (_bench.Heartbeat(client.Member, client.Group) != ErrorCode.None)
            {
                client.Generation = -1;
            }
        }

        private void Join(Client client)
        {
            byte[]? metadata = _random.Next(3) == 0 ? [(byte)_random.Next(256)] : null;
            var version = (short)_random.Next(client.Instance is null ? 0 : 5, 10);
            var protocols = _random.Next(5) == 0 ? new[] { "roundrobin", "range" } : ["range"];
            client.Join = _bench.Join(client.Id, client.Group, version, client.Instance, rebalance: _random.Next(5, 20) * 1000, protocols: protocols, metadata: metadata);
            Ask(client.Join);
        }

        private async Task DeleteAsync(string group)
        {
            if (_bench.Log.Holds || _bench.Log.HasHeldAppend)
            {
                return;
            }

            await _bench.Delete(group);
        }

        /// <summary>A group that was deleted, has expired or was loaded anew begins to count its generations again.</summary>
        private void NoticeNewLives()
        {
            foreach (var group in _newest.Keys.ToList())
            {
                var seen = Bench.Now(_bench.Coordinator.ReadAsync<object?>(group, shard => shard.Find(group), _ => null).AsTask());
                if (!ReferenceEquals(seen, _seen.GetValueOrDefault(group)))
                {
                    BeginLife(group);
                    _seen[group] = seen;
                }
            }
        }

        private void BeginLife(string group) => _newest[group] = (_newest[group].Life + 1, 0);

        private void TakeOver()
        {
            _epoch++;
            _bench.Coordinator.UnloadAsync(0, _epoch).GetAwaiter().GetResult();
            if (Unanswered > 0)
            {
                _faults.Add($"{Unanswered} requests were left without an answer when the shard was given up");
            }

            Release();
            Bench.Now(Done(_bench.Coordinator.LoadAsync(0, _epoch, _bench.Log)));
        }

        private void Release()
        {
            _bench.Log.Holds = false;
            while (_bench.Log.HasHeldAppend)
            {
                _bench.Log.Release(_random.Next(4) == 0 ? ErrorCode.NotEnoughReplicas : ErrorCode.None);
            }
        }

        private void Collect(Client client)
        {
            if (client.Join is { IsCompleted: true } join)
            {
                client.Join = null;
                Joined(client, Bench.Now(join));
            }

            if (client.Sync is { IsCompleted: true } sync)
            {
                client.Sync = null;
                Synced(client, Bench.Now(sync));
            }
        }

        private void Joined(Client client, JoinGroupResponse response)
        {
            client.ToAssign = [];
            client.Generation = -1;
            if (response.ErrorCode is ErrorCode.MemberIdRequired)
            {
                client.Id = response.MemberId;
            }
            else if (response.ErrorCode is ErrorCode.UnknownMemberId or ErrorCode.FencedInstanceId or ErrorCode.GroupMaxSizeReached)
            {
                client.Id = "";
            }
            else if (response.ErrorCode == ErrorCode.None)
            {
                (client.Id, client.Generation) = (response.MemberId, response.GenerationId);
                Generation(client, response);
            }
        }

        private void Generation(Client client, JoinGroupResponse response)
        {
            var newest = _newest.GetValueOrDefault(client.Group);
            if (response.GenerationId > newest.Generation)
            {
                _newest[client.Group] = (newest.Life, response.GenerationId);
            }

            if (response.Leader != response.MemberId)
            {
                return;
            }

            if (!response.SkipAssignment)
            {
                client.ToAssign = [.. response.Members.Select(member => member.MemberId)];
                var key = (client.Group, newest.Life, response.GenerationId);
                if (_leaders.TryGetValue(key, out var leader) && leader != response.MemberId)
                {
                    _faults.Add($"generation {response.GenerationId} of {client.Group} is led by {leader} and by {response.MemberId}");
                }

                _leaders[key] = response.MemberId;
                if (response.GenerationId < newest.Generation)
                {
                    _faults.Add($"generation {response.GenerationId} of {client.Group} came after {newest.Generation}");
                }
            }
        }

        private void Synced(Client client, SyncGroupResponse response)
        {
            client.ToAssign = [];
            if (response.ErrorCode != ErrorCode.None)
            {
                client.Generation = -1;
                return;
            }

            var part = Encoding.UTF8.GetString(response.Assignment.Span);
            var isOwn = part == "part of " + client.Id || (client.Instance is not null && part.StartsWith("part of " + client.Instance + "-", StringComparison.Ordinal));
            if (!isOwn && part.Length > 0)
            {
                _faults.Add($"{client.Id} was given the {part}");
            }
        }

        private void Ask(Task task) => _asked.Add(task);

        private static async Task<bool> Done(Task task)
        {
            await task;
            return true;
        }
    }
}
