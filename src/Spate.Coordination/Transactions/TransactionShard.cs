using Microsoft.Extensions.Logging;
using Spate.Coordination.Runtime;

namespace Spate.Coordination.Transactions;

/// <summary>
/// The transactional ids of one partition of __transaction_state: what the log tells of them, and those who decide about them. Touched by the
/// shard's loop only.
/// </summary>
internal sealed class TransactionShard : ICoordinatorState
{
    private readonly Dictionary<string, TransactionalProducer> _producers = new(StringComparer.Ordinal);
    private readonly HashSet<short> _skippedTypes = [];
    private readonly IShardContext _context;
    private readonly TransactionCoordinatorOptions _options;
    private readonly ILogger _logger;
    private readonly TransactionTimeouts _timeouts;
    private readonly TransactionExpiry _expiry;

    /// <param name="context">Time and timers.</param>
    /// <param name="options">What transactions are held to.</param>
    /// <param name="outbox">Where the ends of transactions go.</param>
    /// <param name="logger">Where it is told what transactions go through.</param>
    public TransactionShard(IShardContext context, TransactionCoordinatorOptions options, IMarkerOutbox outbox, ILogger logger)
    {
        _context = context;
        _options = options;
        _logger = logger;
        Outbox = outbox;
        Endings = new TransactionEndings(this, context, options);
        Initializations = new ProducerInitializations(this, context, Endings, options);
        Enrolments = new PartitionEnrolments(this, context);
        Reports = new TransactionReports(this, context);
        _timeouts = new TransactionTimeouts(this, context, Endings, options);
        _expiry = new TransactionExpiry(this, context, options, logger);
    }

    public ProducerInitializations Initializations { get; }

    public PartitionEnrolments Enrolments { get; }

    public TransactionEndings Endings { get; }

    public TransactionReports Reports { get; }

    public IMarkerOutbox Outbox { get; }

    public IReadOnlyCollection<TransactionalProducer> Producers => _producers.Values;

    public TransactionalProducer? Find(string transactionalId) => _producers.GetValueOrDefault(transactionalId);

    /// <summary>The record that takes a transactional id to its next step.</summary>
    public CoordinatorRecord Record(string transactionalId, Transaction next) => TransactionRecords.Of(transactionalId, next, _options.FeatureLevel());

    public void Fenced(TransactionalProducer producer, string reason) =>
        TransactionLog.Fenced(_logger, producer.TransactionalId, producer.Logged.ProducerId, producer.Logged.ProducerEpoch, reason);

    public void Apply(CoordinatorRecord record)
    {
        var type = RecordFormat.TypeOf(record);
        if (type != TransactionRecords.KeyVersion)
        {
            Skip(type);
            return;
        }

        var id = TransactionRecords.ReadId(record);
        if (TransactionRecords.Read(record) is not { } transaction)
        {
            _producers.Remove(id);
        }
        else if (_producers.TryGetValue(id, out var producer))
        {
            producer.Logged = transaction;
        }
        else
        {
            _producers.Add(id, new TransactionalProducer(id, transaction));
        }
    }

    public void Loaded()
    {
        // Whoever decided these did not live to see them done.
        Outbox.Resume([.. _producers.Values.Where(producer => producer.Logged.IsPrepared)
            .Select(producer => MarkerJob.Of(producer.TransactionalId, producer.Logged, _context.Epoch))]);

        _timeouts.Start();
        _expiry.Start();
    }

    /// <summary>Newer brokers may keep more in this topic than this one understands; it is theirs, and stays where it is.</summary>
    private void Skip(short type)
    {
        if (_skippedTypes.Add(type))
        {
            TransactionLog.SkippedRecords(_logger, type);
        }
    }
}
