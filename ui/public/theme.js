// Runs before the first paint so that a remembered theme never flashes. A file, not an inline script: the CSP forbids those.
try {
  const theme = localStorage.getItem('fotograma.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be blocked; the system's theme then applies.
}
