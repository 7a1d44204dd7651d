// Asks for the page's live part again when something changed; actors glide between workers and shelf by their view-transition-name.
const live = document.getElementById('live');
const link = document.getElementById('link');
const QUIET_MS = 120; // changes come in flocks: one picture for each flock
let due;
let loading = false;
let again = false;

async function load() {
  if (loading) {
    again = true;
    return;
  }
  loading = true;
  try {
    const answer = await fetch('/console/live');
    if (answer.status === 401) {
      location.assign('/console/sign-in');
    } else if (answer.ok) {
      const html = await answer.text();
      const show = () => { live.innerHTML = html; };
      const still = matchMedia('(prefers-reduced-motion: reduce)').matches || document.hidden;
      if (document.startViewTransition && !still) {
        const transition = document.startViewTransition(show);
        transition.ready.catch(() => {}); // the next picture came before this one began to move
        await transition.updateCallbackDone;
      } else {
        show();
      }
    }
  } finally {
    loading = false;
    if (again) {
      again = false;
      changed();
    }
  }
}

function changed() {
  clearTimeout(due);
  due = setTimeout(() => load().catch(() => {}), QUIET_MS);
}

const feed = new EventSource('/v1/watch');
feed.onopen = () => {
  link.textContent = 'live';
  changed();
};
feed.onerror = () => {
  link.textContent = 'no connection to the server, trying again';
  if (feed.readyState === EventSource.CLOSED) {
    // refused, not broken: the page's own answer tells why
    changed();
  }
};
for (const kind of ['actor', 'actor-deleted', 'worker', 'worker-gone', 'catalog', 'resync']) {
  feed.addEventListener(kind, changed);
}
